import type { EstimationProgress } from "../../models/effective-model/estimate/estimate.ts";
import { formatDuration } from "../output/progress.ts";

/** Calculations that an estimate usually takes, and after which it ends whatever is left in doubt. */
export interface ExpectedCalculations {
  readonly usual: number;
  readonly most: number;
}

/** The calculation after which the time is told: the first also prepares, three more say what one takes. */
const TOLD_AFTER = 4;

/**
 * Tells once, by what the first calculations took here and now, how long an estimate on emulated curves will take: preparation,
 * the calculations, and the planning and sampling between them, which depend on the couplings and not on the spins.
 *
 * @param planning_s seconds a calculation that planning and sampling take
 */
export function timeTeller(options: {
  readonly expected: ExpectedCalculations;
  readonly planning_s: number;
  readonly now_s: () => number;
  readonly tell: (sentence: string) => void;
}): EstimationProgress {
  const { expected, planning_s, now_s, tell } = options;
  const began_s = now_s();
  const reached_s = new Map<number, number>();
  return (done) => {
    const place = Math.floor(done);
    if (reached_s.has(TOLD_AFTER) || reached_s.has(place)) return;
    reached_s.set(place, now_s());
    if (place !== TOLD_AFTER) return;
    const [first, last] = [reached_s.get(1), reached_s.get(TOLD_AFTER)];
    if (first === undefined || last === undefined) return;
    const single_s = (last - first) / (TOLD_AFTER - 1);
    const preparation_s = Math.max(0, first - began_s - single_s);
    const total_s = (count: number): number => preparation_s + count * (single_s + planning_s);
    tell(
      `as the first calculations took: ${formatDuration(total_s(expected.usual))} to ${formatDuration(total_s(expected.most))} in all ` +
        `(${formatDuration(preparation_s)} of preparation, ${expected.usual} to ${expected.most} calculations of ${single_s.toPrecision(2)} s, ` +
        "planning and sampling between them)",
    );
  };
}
