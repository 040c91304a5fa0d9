import { expect, test } from "vitest";
import {
  describeCampaigns,
  describeStatus,
  whatNext,
} from "../../../src/cli/operate/status-text.ts";

test("a status tells state, budget, figures, fields, findings and the batch with its reasons", () => {
  const text = describeStatus("stack", {
    state: {
      ...{ state: "running.measuring", budget: { used: 3, total: 12 } },
      ...{ inFlight: 2, observations: 3 },
    },
    batch: {
      ...{ n: 4, approval: "notNeeded" },
      points: [{ candidateId: "c7", parameters: { A: 0.5, T: 600 }, why: "least certain" }],
    },
    model: {
      observations: 3,
      summary: {
        phasesFound: ["A", "B"],
        certainty: 0.123456,
        derivedPoints: 17,
        phaseFractions: { A: 0.75, B: 0.25 },
        findings: ["Invariant reaction A+B = C+D between 500 and 600", "Another, later"],
      },
    },
  });
  expect(text.split("\n").slice(2)).toEqual([
    "  phases                 2: A, B",
    "  certainty              12 %          mean probability of the likeliest label",
    "  points that follow     17            points that nobody measured: the label of each follows from one result",
    expect.stringMatching(/75 % A$/),
    expect.stringMatching(/25 % B$/),
    "  found: Invariant reaction A+B = C+D between 500 and 600",
    "  found: Another, later",
    "  batch 4 (approval: notNeeded)",
    "    c7      A=0.5 T=600  least certain",
    "",
  ]);
  expect(text).toMatch(/^stack: measuring\n.* measured 3 of 12, 2 in flight\n/);
});

test("of long lists the first names are shown, and that there are more", () => {
  const labelsMeasured = Array.from({ length: 14 }, (_, k) => `L${k}`);
  const text = describeStatus("m", {
    state: { state: "paused", budget: { used: 0, total: 0 }, inFlight: 0, observations: 0 },
    model: { observations: 0, summary: { labelsMeasured } },
  });
  expect(text).toContain("14: L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, …\n");
});

test("all campaigns, a line each, with the reason of those that stand still", () => {
  const line = { inFlight: 0, budget: { used: 3, total: 12 } };
  const reasons = [{ kind: "waitingFor", cause: "approval", text: "approval of batch 2" } as const];
  const text = describeCampaigns("lab", [
    { ...line, campaignId: "al-zn", title: "Al-Zn", state: "running.measuring", waits: 2, reasons },
    { ...line, campaignId: "b", title: "B", state: "budgetExhausted" },
  ]);
  expect(text.split("\n")).toEqual([
    "al-zn  waiting                 3 of 12  0 in flight, 2 waiting  Al-Zn",
    "  waiting for approval of batch 2",
    "b      finished: budget spent  3 of 12  0 in flight             B",
    "",
  ]);
  expect(describeCampaigns("lab", [])).toBe("The daemon of site lab has no campaign.\n");
});

test("a status ends with what to do next", () => {
  const about = { waiting: false, connection: " --site lab" };
  const next = (state: string, more = {}): string => whatNext("m", { state, ...about, ...more });
  expect(next("running.measuring")).toBe(
    "  next: tieline status --campaign m --site lab --watch\n",
  );
  expect(next("running.awaitingApproval", { waiting: true, change: 2 })).toBe(
    "  next: tieline approve --change 2 --campaign m --site lab\n  next: tieline approve --campaign m --site lab  (or reject)\n",
  );
  expect(next("suspended")).toContain("tieline resume --campaign m --site lab");
  expect(next("budgetExhausted")).toBe("  next: tieline report --campaign m --out m.html\n");
});
