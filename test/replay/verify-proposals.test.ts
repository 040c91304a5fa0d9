import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKSUM_START, writeLine } from "../../adapters/storage/event-line.ts";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import { runSimulation } from "../../simulators/index.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { tieline } from "../support/command-line.ts";
import { smallCampaign } from "../support/small-campaign.ts";

type Proposed = Extract<LabFact, { type: "planner.proposed" }>;

let events: readonly LabEvent[] = [];
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tieline-verify-"));
  const { spec } = smallCampaign({ budget: 6 });
  events = (await runSimulation({ seed: "3", campaigns: [{ spec, autoStart: true }] })).events;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the run's log with its proposals changed, and asks for its verification. */
async function verify(change: (fact: Proposed, nth: number) => LabFact) {
  let before = CHECKSUM_START;
  let nth = 0;
  const lines = events.map(({ position, time_ms, fact }) => {
    const changed = fact.type === "planner.proposed" ? change(fact, ++nth) : fact;
    const draft = { time_ms, fact: changed };
    const { text, crc } = writeLine(draft, { position, group: position, before });
    before = crc;
    return text;
  });
  writeFileSync(join(folder, LOG_FILE), lines.join(""));
  return await tieline("replay", "--verify", "--data", folder);
}

/** Another score of its first point: nothing that follows depends on it. */
function altered(fact: Proposed): Proposed {
  const points = fact.proposal.points.map((point, k) =>
    k === 0 ? { ...point, score: point.score + 1 } : point,
  );
  return { ...fact, proposal: { ...fact.proposal, points } };
}

const versioned = (fact: Proposed, plannerVersion: number): Proposed => ({
  ...fact,
  proposal: { ...fact.proposal, plannerVersion },
});

describe("replay --verify", () => {
  test("every proposal of the log tells its planner's version", () => {
    const told = events.flatMap(({ fact }) =>
      fact.type === "planner.proposed" ? [fact.proposal.plannerVersion] : [],
    );
    expect(told.length).toBeGreaterThan(3);
    for (const version of told) expect(version).toBeGreaterThanOrEqual(1);
  });

  test("agrees with its own log", async () => {
    const { code, out } = await verify((fact) => fact);
    expect(code).toBe(0);
    expect(out).toMatch(/(\d+) of \1 proposals agree\.\n$/);
  });

  test("a proposal of the same version that is not given again is TL-4006", async () => {
    const { code, out, err } = await verify((fact, nth) => (nth === 2 ? altered(fact) : fact));
    expect(code).toBe(1);
    expect(err).toContain("TL-4006");
    expect(err).toContain("the score of");
    expect(out).not.toMatch(/(\d+) of \1 proposals agree/);
  });

  test("one of another version may differ: it is told, and is no error", async () => {
    const { code, out } = await verify((fact, nth) =>
      nth === 2 ? versioned(altered(fact), 99) : nth === 3 ? versioned(fact, 99) : fact,
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /map: 2 proposal\(s\) by planner version 99, this is \d+; 1 differ, as they may after an update\./,
    );
  });

  test("a log that tells no version is of version 1", async () => {
    const { code, out } = await verify((fact) => {
      const { plannerVersion: _, ...proposal } = fact.proposal;
      return { ...fact, proposal } as LabFact;
    });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, LOG_FILE), "utf8")).not.toContain("plannerVersion");
    expect(out).toMatch(/proposals agree|by planner version 1,/);
  });
});
