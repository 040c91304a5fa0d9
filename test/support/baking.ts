/** A furnace's one capability, as most contract tests have it: `temperature` says how its set point is declared. */
export function bakeCapability(temperature: object = { unit: "K", min: 0, max: 1373 }) {
  return {
    name: "bake",
    parameters: { temperature_K: temperature },
    results: ["objective"],
    repeatable: true,
    expectedDuration_s: 1,
  };
}

/** A campaign of that one step that looks for the strongest; `settings` are lines such as `budget: 3`. */
export function bakingCampaign(settings: readonly string[], objective = ""): string {
  return `campaigns:
  - id: c1
    goal: optimise
${settings.map((line) => `    ${line}\n`).join("")}    inFlight: 1
    space: { kind: grid, axes: [{ name: temperature_K, min: 600, max: 700, step: 10 }] }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } }, repeatable: true }]
    model: { objectives: [{ name: strength, direction: max${objective} }] }
`;
}
