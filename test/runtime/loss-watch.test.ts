import { expect, test } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import type { InstrumentFact, LabFact } from "../../src/events/lab-fact.ts";
import { createLab, reportKey } from "../../src/runtime/lab.ts";
import { createLossWatch } from "../../src/runtime/loss-watch.ts";

const REPORT = { jobId: "map.1.s1", attempt: 1 };

/** What is said of a birth whose last acknowledged report stands at `position`, where the log has it at 7. */
function said(type: "job.result" | "job.failed", position: number, times = 1): LabFact[] {
  const lab = createLab();
  lab.reports.set(reportKey({ type, ...REPORT }), { position: 7, digest: "" });
  const facts: LabFact[] = [];
  const watch = createLossWatch({
    lab,
    ports: { logger: silentLogger },
    submit: async (fact) => void facts.push(fact),
  });
  const birth: InstrumentFact = {
    ...{ type: "instrument.birth", instrumentId: "furnace-1", bootId: "b1", kind: "furnace" },
    ...{ capabilities: [], simulated: true, acknowledged: { ...REPORT, position } },
    message: { source: "instrument/furnace-1", id: "m1" },
  };
  for (let k = 0; k < times; k++) watch.onWord(birth);
  return facts;
}

test("a report that is where its instrument was told is no loss, whether it is a result or a failure", () => {
  expect(said("job.result", 7)).toEqual([]);
  expect(said("job.failed", 7)).toEqual([]);
});

test("one that the log has elsewhere is told, once: it is another log than the one that was acknowledged", () => {
  expect(said("job.result", 9, 3)).toEqual([
    { type: "log.gapTold", instrumentId: "furnace-1", ...REPORT, position: 9 },
  ]);
});
