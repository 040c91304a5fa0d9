import { createPrng } from "../../src/core/prng.ts";
import { Surrogate } from "../../src/models/optimise/surrogate.ts";
import type { TrainingRow } from "../../src/models/optimise/training-set.ts";

const SEEDS = 12;
const PLACES = 400;

/** Two hills on a slope, on the unit square. */
function truth([a = 0, b = 0]: readonly number[]): number {
  const first = Math.exp(-((a - 0.3) ** 2 + (b - 0.6) ** 2) / 0.05);
  const second = 0.6 * Math.exp(-((a - 0.8) ** 2 + (b - 0.2) ** 2) / 0.08);
  return first + second - 0.15 * a + 0.1 * Math.sin(5 * b);
}

/** Root mean square error, and mean of minus the log density of the truth, at unseen places. */
function judge(rows: readonly TrainingRow[], seed: string): readonly [number, number] {
  const prng = createPrng(`${seed}/places`);
  const places = Array.from({ length: PLACES }, () => [prng.next(), prng.next()]);
  const values = Float64Array.from([0, 1].flatMap((c) => places.map((place) => place[c]!)));
  const surrogate = new Surrogate({ groups: Int32Array.of(0, 1), kind: "matern-5/2", seed });
  surrogate.update(rows);
  const belief = surrogate.posterior({ count: PLACES, columns: 2, values })!;
  const { output } = belief.gp;
  const found = places.map((place, n) => {
    const mean = belief.mean[n]!;
    const sd = Math.max(1e-3, output.deviation(mean, Math.sqrt(belief.variance[n]!)));
    const gap = truth(place) - output.toUser(mean);
    return [gap ** 2, 0.5 * (gap / sd) ** 2 + Math.log(sd * Math.sqrt(2 * Math.PI))] as const;
  });
  const sum = (k: 0 | 1): number => found.reduce((total, one) => total + one[k], 0) / PLACES;
  return [Math.sqrt(sum(0)), sum(1)];
}

/** What results below a limit are worth: as bounds, left out, taken as the limit, and known after all. */
export async function run(): Promise<void> {
  for (const [share, count] of [0.2, 0.5].flatMap((s) => [15, 30].map((n) => [s, n] as const))) {
    const totals = new Map<string, [number, number]>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const prng = createPrng(`bounds/${seed}`);
      const rows = Array.from({ length: count }, (): TrainingRow => {
        const x = Float64Array.of(prng.next(), prng.next());
        return { x, value: truth([...x]) + 0.02 * prng.normal() };
      });
      const sorted = rows.map(({ value }) => value).sort((a, b) => a - b);
      const limit = sorted[Math.floor(share * count)]!;
      const cut = (row: TrainingRow, bound: TrainingRow["bound"]): TrainingRow =>
        row.value < limit ? { ...row, value: limit, bound } : row;
      const ways = {
        bounds: rows.map((row) => cut(row, "below")),
        "left out": rows.filter(({ value }) => value >= limit),
        "taken as the limit": rows.map((row) => cut(row, undefined)),
        "known after all": rows,
      };
      for (const [way, taken] of Object.entries(ways)) {
        const [rmse, loss] = judge(taken, `bounds/${seed}`);
        const [a, b] = totals.get(way) ?? [0, 0];
        totals.set(way, [a + rmse / SEEDS, b + loss / SEEDS]);
      }
    }
    const told = [...totals].map(([way, [a, b]]) => `${way} ${a.toFixed(3)} / ${b.toFixed(2)}`);
    console.log(`${100 * share} % of ${count} below the limit, rmse / -ln p: ${told.join(", ")}`);
  }
}
