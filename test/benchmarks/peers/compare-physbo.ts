/**
 * PHYSBO and Tieline on the same pools, the same first points and the same machine; prints both and the ratios of processor
 * time and of regret. See physbo_peer.py for the one command that installs the peer.
 *
 *   npx tsx test/benchmarks/peers/compare-physbo.ts --python /tmp/venv-physbo/bin/python [--seeds 3] [--only branin,times]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fractionOfBest } from "../../../src/evaluation/summarise-optimise.ts";
import { type Play, play, tableOf } from "../optimise-play.ts";
import {
  type BenchmarkPool,
  braninPool,
  hartmannPool,
  kursawePool,
  vlmop2Pool,
} from "../optimise-pools.ts";
import { cpu_ms, timeProposals, timingPool } from "../optimise-times.ts";
import { spinPool } from "../spin-pool.ts";

const INITIAL = 10;
const BUDGET = 80;
/** As in PHYSBO's tutorials. */
const INTERVAL = 20;

interface PeerPlay {
  readonly sampled: readonly number[];
  readonly cpu_s: number;
}

const { values: options } = parseArgs({
  options: {
    python: { type: "string", default: "/tmp/venv-physbo/bin/python" },
    seeds: { type: "string", default: "3" },
    only: { type: "string" },
  },
});

function askPeer<T>(job: Readonly<Record<string, unknown>>): T {
  const script = join(import.meta.dirname, "physbo_peer.py");
  const { status, stdout, stderr } = spawnSync(options.python, [script], {
    input: JSON.stringify(job),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" },
  });
  if (status !== 0) throw new Error(`PHYSBO failed: ${stderr.slice(-500)}`);
  return JSON.parse(stdout) as T;
}

/** Inputs on the unit range, objectives larger-is-better. */
function arraysOf(pool: BenchmarkPool): { x: number[][]; y: number[][] } {
  const names = Object.keys(pool.rows[0] ?? {});
  const ranges = names.map((name) => {
    const values = pool.rows.map((row) => Number(row[name]));
    const low = values.reduce((a, b) => Math.min(a, b));
    return { low, span: values.reduce((a, b) => Math.max(a, b)) - low };
  });
  return {
    x: pool.rows.map((row) =>
      names.map((name, k) => (Number(row[name]) - (ranges[k]?.low ?? 0)) / (ranges[k]?.span ?? 1)),
    ),
    y: pool.rows.map((_, n) =>
      pool.objectives.map(
        ({ name, direction }) =>
          (direction === "min" ? -1 : 1) * (pool.outcomes.get(name)?.[n] ?? Number.NaN),
      ),
    ),
  };
}

/** Regret of a single objective, or the share of the hypervolume that is missing. */
function shortfall(pool: BenchmarkPool, sampled: readonly number[]): number {
  const { y } = arraysOf(pool);
  if (pool.objectives.length === 1) {
    const best = y.reduce((most, [v = 0]) => Math.max(most, v), Number.NEGATIVE_INFINITY);
    return best - Math.max(...sampled.map((n) => y[n]?.[0] ?? Number.NEGATIVE_INFINITY));
  }
  const model = { objectives: pool.objectives, inputs: Object.keys(pool.rows[0] ?? {}) };
  const whole = fractionOfBest(tableOf(pool), model, pool.reference).hypervolume_max ?? 1;
  const rows = sampled.map((n) => pool.rows[n] ?? {});
  const outcomes = new Map(
    [...pool.outcomes].map(([name, all]) => [name, Float64Array.from(sampled, (n) => all[n] ?? 0)]),
  );
  const part = fractionOfBest(tableOf({ ...pool, rows, outcomes }), model, pool.reference);
  return 1 - (part.hypervolume_max ?? 0) / whole;
}

function comparePool(pool: BenchmarkPool, seeds: number): void {
  const arrays = arraysOf(pool);
  const ours = { shortfall: 0, cpu_s: 0 };
  const theirs = { shortfall: 0, cpu_s: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const started_ms = cpu_ms();
    const mine: Play = play(pool, seed, INITIAL, BUDGET);
    ours.cpu_s += (cpu_ms() - started_ms) / 1000 / seeds;
    ours.shortfall += shortfall(pool, mine.sampled) / seeds;
    const peer = askPeer<PeerPlay>({
      what: "play",
      ...arrays,
      initial: mine.sampled.slice(0, INITIAL),
      budget: BUDGET,
      interval: INTERVAL,
      seed,
    });
    theirs.cpu_s += peer.cpu_s / seeds;
    theirs.shortfall += shortfall(pool, peer.sampled) / seeds;
  }
  const ratio = theirs.shortfall / ours.shortfall;
  console.log(
    `${pool.name.padEnd(12)} shortfall at ${BUDGET}: PHYSBO ${theirs.shortfall.toFixed(4)}, Tieline ${ours.shortfall.toFixed(4)} ` +
      `(ratio ${Number.isFinite(ratio) ? ratio.toFixed(1) : "-"}); time: ${theirs.cpu_s.toFixed(1)} s, ${ours.cpu_s.toFixed(1)} s ` +
      `(ratio ${(theirs.cpu_s / ours.cpu_s).toFixed(1)})`,
  );
}

function compareTimes(count: number, measured: number, batch: number): void {
  const { rows, y } = timingPool(count);
  const pool: BenchmarkPool = {
    name: "timing",
    rows,
    outcomes: new Map([["y", y]]),
    objectives: [{ name: "y", direction: "max" }],
  };
  const peer = askPeer<{ relearnt_s: number; fixed_s: number; batch_s?: number }>({
    what: "propose",
    ...arraysOf(pool),
    measured,
    batch,
  });
  const mine = timeProposals(count, measured, {});
  const row = (what: string, peer_s: number, mine_ms: number): void =>
    console.log(
      `N ${count}, M ${measured}, ${what}: PHYSBO ${(1000 * peer_s).toFixed(0)} ms, Tieline ${mine_ms.toFixed(1)} ms ` +
        `(ratio ${((1000 * peer_s) / mine_ms).toFixed(0)})`,
    );
  row("hyperparameters kept", peer.fixed_s, mine.fixed_ms);
  row("learnt anew", peer.relearnt_s, mine.relearnt_ms);
  if (peer.batch_s !== undefined) row(`batch of ${batch}`, peer.batch_s, mine.batch_ms);
}

const seeds = Number(options.seeds);
const rows: Readonly<Record<string, () => void>> = {
  times: () => compareTimes(10_000, 200, 10),
  large: () => compareTimes(100_000, 200, 1),
  branin: () => comparePool(braninPool(), seeds),
  hartmann: () => comparePool(hartmannPool(), seeds),
  spin: () => comparePool(spinPool(), seeds),
  vlmop2: () => comparePool(vlmop2Pool(), seeds),
  kursawe: () => comparePool(kursawePool(), seeds),
};
const wanted = options.only?.split(",") ?? Object.keys(rows);
for (const name of wanted) rows[name]?.();
