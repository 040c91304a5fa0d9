// An interpreter of one's own (docs/interpreters.md): a spectrum means its largest value.

/** @type {import("tieline/interpreters").Interpreter<"curve", { objective: string }>} */
export const interpreter = {
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
