import type { RegisterCommand } from "../command.ts";
import { registerEvaluateOptimise } from "./evaluate-optimise.ts";
import { registerEvaluatePhaseDiagram } from "./evaluate-phase-diagram.ts";

/** `evaluate`: plays a campaign against a known truth, before any furnace time is burnt. */
export const registerEvaluate: RegisterCommand = (program, io) => {
  const evaluate = program
    .command("evaluate")
    .description(
      "play a campaign against a known truth: what to choose before burning furnace time",
    );
  registerEvaluateOptimise(evaluate, io);
  registerEvaluatePhaseDiagram(evaluate, io);
};
