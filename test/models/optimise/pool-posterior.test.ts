import { expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import { logExpectedImprovement } from "../../../src/models/optimise/acquisition/improvement.ts";
import { logImprovementOfBest } from "../../../src/models/optimise/acquisition/improvement-search.ts";
import { GaussianProcess } from "../../../src/models/optimise/gaussian-process.ts";
import { NO_WARP } from "../../../src/models/optimise/output-scale.ts";
import { PoolPosterior } from "../../../src/models/optimise/pool-posterior.ts";
import { createTrainingSet } from "../../../src/models/optimise/training-set.ts";

const COUNT = 700;
const COLUMNS = 3;
const GROUPS = Int32Array.of(0, 1, 2);
const RESULTS = 40;
/** So many that candidates are judged by the first of them before their columns are solved. */
const MANY_RESULTS = 150;

/** A process of some results over a pool, and a way to tell it more; told values jump, so that means move far. */
function campaign(seed: string, count = COUNT, results = RESULTS) {
  const prng = createPrng(seed);
  const values = Float64Array.from({ length: COLUMNS * count }, () => prng.next());
  const x = () => Float64Array.from({ length: COLUMNS }, () => prng.next());
  const height = (p: Float64Array): number => Math.sin(5 * p[0]!) + p[1]! * Math.cos(4 * p[2]!);
  const rows = Array.from({ length: results }, x).map((p) => ({ x: p, value: height(p) }));
  const theta = { widths: Float64Array.of(0.5, 0.8, 0.7), signal: 1.5, noise: 0.01 };
  const data = createTrainingSet(rows, COLUMNS, NO_WARP);
  const gp = new GaussianProcess(data, theta, GROUPS, "matern-5/2");
  const tell = (): void => {
    const p = x();
    gp.append(p, height(p) + 2 * prng.normal());
  };
  const over = () => new PoolPosterior(gp, { count, columns: COLUMNS, values });
  return { gp, tell, over, prng };
}

test.each([RESULTS, MANY_RESULTS])(
  "what a candidate is does not depend on when it was asked for, %i results",
  (results) => {
    const { gp, over, tell, prng } = campaign("order", COUNT, results);
    const [whole, single] = [over(), over()];
    const eligible = new Uint8Array(COUNT).fill(1);
    for (let round = 0; round < 25; round++) {
      logImprovementOfBest(single, gp.fitted()[round]!, { eligible, weights: [] });
      for (let k = 0; k < 30; k++) single.at(prng.integer(COUNT));
      expect(whole.mean.length).toBe(COUNT);
      tell();
    }
    const anew = over();
    for (const one of [whole, single]) {
      expect(one.mean).toEqual(anew.mean);
      expect(one.variance).toEqual(anew.variance);
    }
  },
);

test.each([
  ["a", RESULTS],
  ["b", RESULTS],
  ["c", MANY_RESULTS],
  ["d", MANY_RESULTS],
] as const)(
  "the candidates that may win hold the best of all, to the bit, while results surprise (%s, %i results)",
  (seed, results) => {
    const { gp, over, tell, prng } = campaign(seed, COUNT, results);
    const [lazy, whole] = [over(), over()];
    let scored = 0;
    for (let round = 0; round < 30; round++) {
      const incumbent = gp.fitted().reduce((most, f) => Math.max(most, f));
      const eligible = Uint8Array.from({ length: COUNT }, () => (prng.next() < 0.8 ? 1 : 0));
      const weights = round % 3 === 0 ? [Float64Array.from(eligible, () => -prng.next())] : [];
      const { mean, variance } = whole;
      const all = logExpectedImprovement({ means: [mean], variance }, [incumbent]);
      const some = logImprovementOfBest(lazy, incumbent, { eligible, weights });
      const total = (scores: Float64Array): number[] =>
        Array.from(scores, (s, n) =>
          eligible[n] === 1 && !Number.isNaN(s) ? s + (weights[0]?.[n] ?? 0) : -Infinity,
        );
      const best = Math.max(...total(all));
      expect(Math.max(...total(some))).toBe(best);
      expect(total(some).indexOf(best)).toBe(total(all).indexOf(best));
      for (let n = 0; n < COUNT; n++) if (some[n] === all[n]) scored++;
      tell();
    }
    // Not by looking at all of them.
    expect(scored).toBeLessThan(0.5 * 30 * COUNT);
  },
);

test("means and variances that are read candidate by candidate do not look at all of them each time", () => {
  const whole = campaign("reads", 40_000).over();
  const cpuOf_us = (work: () => unknown): number => {
    const begin = process.cpuUsage();
    work();
    return process.cpuUsage(begin).user;
  };
  const once_us = cpuOf_us(() => whole.mean);
  const each_us = cpuOf_us(() => whole.mean.map((m, n) => m + (whole.variance[n] ?? 0)));
  // With a look at all each time some fifty times as long, without some hundredth.
  expect(each_us).toBeLessThan(10 * once_us);
});

test("before their columns are solved, candidates have ceilings that they keep to, and most are never solved", () => {
  const { gp, over, tell } = campaign("ceilings", COUNT, MANY_RESULTS);
  const [lazy, whole] = [over(), over()];
  const eligible = new Uint8Array(COUNT).fill(1);
  const seen: number[] = [];
  for (let round = 0; round < 4; round++) {
    const { mean, variance } = whole;
    const ceilings: [number, number][] = [];
    lazy.visitPromising(eligible, {
      mayWin: (most, spread) => {
        ceilings.push([most, spread]);
        return false;
      },
      visit: (n) => seen.push(n),
    });
    // All but the likeliest, which is shown unasked, in order.
    const rest = Array.from(mean.keys()).filter((n) => n !== seen.at(-1));
    expect(ceilings).toHaveLength(rest.length);
    const broken = ceilings.filter(
      ([most, spread], k) => most < mean[rest[k]!]! || spread < variance[rest[k]!]! - 1e-12,
    );
    expect(broken).toEqual([]);
    tell();
  }
  expect(new Set(seen).size).toBeLessThan(5);
  expect(gp.count).toBe(MANY_RESULTS + 4);
});
