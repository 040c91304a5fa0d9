import { limitInWords } from "../domain/campaign-changes.ts";
import type { WaitingChange } from "../domain/campaign-status.ts";

/** `change 1 waits for somebody else than ada: temperature_K ..750 -> ..900 (hotter furnace)`. */
export function changeInWords({ n, limits, from, by, reason }: WaitingChange): string {
  const parts = Object.entries(limits).map(
    ([name, interval]) => `${name} ${limitInWords(from[name] ?? {})} -> ${limitInWords(interval)}`,
  );
  const why = reason === undefined ? "" : ` (${reason})`;
  return `change ${n} waits for somebody else than ${by}: ${parts.join(", ")}${why}`;
}
