// A hotplate that is only thought of: what `tieline runner device` makes an instrument of (docs/gateway.md).
// Yours talks to a serial line or a socket where this one counts seconds.
const MINUTE_ms = 60_000;
let until_ms;

export const device = {
  kind: "hotplate",
  capabilities: [
    {
      name: "heat",
      parameters: { temperature_K: { unit: "K", min: 293, max: 573 } },
      results: ["objective"],
      repeatable: true,
      expectedDuration_s: 60,
    },
  ],
  begin: () => {
    until_ms = Date.now() + MINUTE_ms;
  },
  status: () => {
    if (until_ms === undefined) return { state: "ready" };
    return { state: Date.now() < until_ms ? "busy" : "done" };
  },
  result: () => {
    until_ms = undefined;
    return { observations: [{ kind: "objective", name: "mass", value: 1.25, unit: "g" }] };
  },
  halt: () => {
    until_ms = undefined;
  },
};
