import { smooth } from "./background.ts";
import { spacingAt } from "./bragg.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

/** A stretch of the pattern that no phase explains. */
export interface UnexplainedLine {
  readonly d_A: number;
  readonly height: number;
}

const NOISE_FACTOR = 4;
const LINE_MIN = 0.02;
const EXPLAINED_SHARE = 0.25;
const WIDEN = 1.3;

/**
 * Share of the net intensity that stands where the model, widened by 1.3 line widths, gives under a quarter of what is
 * seen; only what rises above 4 sigma and 2 % of the largest line counts. 0 where there is no line at all.
 */
export function unexplainedLines(
  pattern: PreparedPattern,
  model: Float64Array,
): { readonly share: number; readonly lines: readonly UnexplainedLine[] } {
  const half = Math.max(1, Math.round((0.4 * pattern.width_deg) / pattern.step_deg));
  const seen = smooth(pattern.net, half);
  const reach = Math.max(2, Math.round((WIDEN * pattern.width_deg) / pattern.step_deg));
  const wide = widest(model, reach);
  const lines: UnexplainedLine[] = [];
  let total = 0;
  let alone = 0;
  let run = 0;
  for (let i = 0; i < pattern.n; i++) {
    const noise = pattern.sigma[i]! / Math.sqrt(2 * half + 1);
    const isLine = seen[i]! >= Math.max(NOISE_FACTOR * noise, LINE_MIN);
    if (isLine) total += seen[i]!;
    const isAlone = isLine && wide[i]! < EXPLAINED_SHARE * seen[i]!;
    if (isAlone) {
      alone += seen[i]!;
      if (run === 0 || seen[i]! > seen[run]!) run = i;
    }
    if (run > 0 && (!isAlone || i === pattern.n - 1)) {
      lines.push({
        d_A: spacingAt(
          pattern.start_deg + run * pattern.step_deg,
          pattern.radiation[0]!.wavelength_A,
        ),
        height: seen[run]!,
      });
      run = 0;
    }
  }
  lines.sort((p, q) => q.height - p.height);
  return { share: total === 0 ? 0 : alone / total, lines };
}

/** Largest value within `reach` bins. */
function widest(values: Float64Array, reach: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let top = 0;
    const to = Math.min(values.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= to; j++) top = Math.max(top, values[j]!);
    out[i] = top;
  }
  return out;
}
