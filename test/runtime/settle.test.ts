import { expect, test } from "vitest";
import { createLab, type Lab } from "../../src/runtime/lab.ts";
import { settle } from "../../src/runtime/settle.ts";

const STAMP = { time_ms: 1, position: 1 };
const SETTLED = {
  to: { machine: "campaign", id: "c1" },
  event: { type: "campaign.settled", ...STAMP },
};

/** A laboratory with that campaign, and a furnace with a job of `of` in that state. */
function labWith(campaign: string, job: string, of = "c1"): Lab {
  const lab = createLab();
  const put = (machine: keyof Lab["machines"], id: string, state: string, context: object) =>
    lab.machines[machine].set(id, { states: [state], context } as never);
  put("campaign", "c1", campaign, { campaignId: "c1" });
  lab.live.add("c1");
  put("reservation", "furnace-1", "granted", { instrumentId: "furnace-1", jobId: `${of}.1.s1` });
  put("job", `${of}.1.s1`, job, { campaignId: of });
  return lab;
}

test.each(["reserved", "dispatched", "begun.running", "held", "unknown", "cancelling"])(
  "a campaign is not paused while a job of it is %s",
  (state) => {
    expect(settle(labWith("pausing", state), STAMP)).toEqual([]);
  },
);

test("it is paused once its last job has left its instrument, whatever other campaigns do", () => {
  expect(settle(labWith("pausing", "done"), STAMP)).toEqual([SETTLED]);
  expect(settle(labWith("pausing", "begun.running", "c2"), STAMP)).toEqual([SETTLED]);
});

test("a restart is over once no job is in doubt", () => {
  const lab = labWith("recovering", "unknown");
  lab.doubtful.add("c1.1.s1");
  expect(settle(lab, STAMP)).toEqual([]);
  lab.doubtful.clear();
  expect(settle(lab, STAMP)).toEqual([SETTLED]);
});
