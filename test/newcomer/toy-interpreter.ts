import type { Interpreter } from "../../adapters/interpreters/index.ts"; // to a user: "tieline/interpreters"

/** A spectrum means its largest value. */
export const interpreter: Interpreter<"curve", { readonly objective: string }> = {
  name: "largest-value",
  takes: "curve",
  gives: "objective",
  settings: (spec, { name }) =>
    spec.goal === "optimise" && name === "spectrum" ? { objective: "brightness" } : undefined,
  interpret: ({ values, unit }, { objective }) => ({
    kind: "objective",
    name: objective,
    value: Math.max(...values),
    unit,
  }),
};
