import type { WaitingChange } from "../domain/campaign-status.ts";
import type { Interval } from "../domain/candidate.ts";

/** `change 1 waits for somebody else than ada: temperature_K ..750 -> ..900 (hotter furnace)`. */
export function changeInWords({ n, limits, from, by, reason }: WaitingChange): string {
  const parts = Object.entries(limits).map(
    ([name, interval]) => `${name} ${inWords(from[name] ?? {})} -> ${inWords(interval)}`,
  );
  const why = reason === undefined ? "" : ` (${reason})`;
  return `change ${n} waits for somebody else than ${by}: ${parts.join(", ")}${why}`;
}

function inWords({ min, max }: Interval): string {
  return min === undefined && max === undefined ? "any" : `${min ?? ""}..${max ?? ""}`;
}
