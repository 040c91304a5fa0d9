import type { ExperimentContext, MachineEvent, MachineState } from "../../machines/index.ts";

export const STEP = {
  capability: "anneal",
  parameters: {},
  timeLimit_s: 60,
  repeatable: false,
  retries: 0,
};
export const EXPERIMENT_INPUT = {
  experimentId: "map.1",
  campaignId: "map",
  candidateId: "p1",
  parameters: { x: 0.5 },
  score: 1,
  why: "because",
  batch: 1,
  recipe: { steps: [STEP, { ...STEP, capability: "diffraction" }] },
};

/** Every form of every event of an experiment. */
export function experimentEvents({ context }: MachineState<ExperimentContext>): MachineEvent[] {
  return [
    { type: "experiment.submit", needsApproval: true },
    { type: "experiment.submit", needsApproval: false },
    { type: "experiment.approve" },
    { type: "experiment.cancel", reason: "cancelledByOperator" },
    ...[context.step, context.step - 1].flatMap((step) => [
      { type: "job.done", step, isFailure: false },
      { type: "job.done", step, isFailure: true },
      { type: "job.ended", step, reason: "instrumentLost", detail: "" },
    ]),
  ];
}
