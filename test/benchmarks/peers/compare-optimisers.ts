/**
 * Regret beside PHYSBO, BoTorch (qLogNEI) and BayBE (defaults) from the same first rows on tables whose results are known.
 * See optimisers_peer.py for what to install. Each table is a CSV file; rows with equal inputs are averaged.
 *
 *   npx tsx test/benchmarks/peers/compare-optimisers.ts --python /tmp/venv-bo/bin/python --seeds 3 hplc.csv:peak_area:max ...
 *
 * `--keep FOLDER` keeps the peers' plays there and takes those that lie there already.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { createPrng } from "../../../src/core/prng.ts";
import type { Parameters } from "../../../src/domain/candidate.ts";
import { playOptimise } from "../../../src/evaluation/play-optimise.ts";
import { readParameters } from "../../../src/tables/optimise-cells.ts";
import { columnOf, numberAt, readTable } from "../../../src/tables/table.ts";

const INITIAL = 10;
const BUDGET = 60;
const PEERS = ["physbo", "botorch", "baybe"] as const;

interface Task {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly rows: readonly Parameters[];
  /** Larger is better. */
  readonly y: readonly number[];
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: "/tmp/venv-bo/bin/python" },
    seeds: { type: "string", default: "3" },
    from: { type: "string", default: "1" },
    peers: { type: "string", default: PEERS.join() },
    keep: { type: "string" },
  },
});

function readTask(argument: string): Task {
  const [file = "", result = "", direction = "max"] = argument.split(":");
  const table = readTable(file);
  const at = columnOf(table, result);
  const inputs = table.columns.filter((name) => name !== result);
  const merged = new Map<string, { row: Parameters; ys: number[] }>();
  readParameters(table, inputs).forEach((row, k) => {
    const key = JSON.stringify(row);
    const place = merged.get(key) ?? { row, ys: [] };
    place.ys.push((direction === "min" ? -1 : 1) * numberAt(table, table.rows[k]!, at));
    merged.set(key, place);
  });
  const places = [...merged.values()];
  return {
    name: basename(file, ".csv"),
    inputs,
    rows: places.map(({ row }) => row),
    y: places.map(({ ys }) => ys.reduce((sum, v) => sum + v, 0) / ys.length),
  };
}

/** Mean over results 11 to 60 of how far the best so far is below the table's best. */
function meanRegret({ y }: Task, sampled: readonly number[]): number {
  const top = y.reduce((most, v) => Math.max(most, v));
  let best = Number.NEGATIVE_INFINITY;
  let sum = 0;
  sampled.slice(0, BUDGET).forEach((row, k) => {
    best = Math.max(best, y[row]!);
    if (k >= INITIAL) sum += top - best;
  });
  return sum / (BUDGET - INITIAL);
}

function playHere(task: Task, initial: readonly number[], seed: number): readonly number[] {
  const table = {
    space: { kind: "table" as const, rows: task.rows },
    candidates: task.rows.length,
    outcomes: new Map([["y", Float64Array.from(task.y)]]),
  };
  const objectives = [{ name: "y", direction: "max" as const }];
  const model = { objectives, inputs: task.inputs, initial: INITIAL };
  const settings = { model, batch: 1, budget: BUDGET, seed, initialRows: initial };
  return playOptimise(table, settings, () => performance.now()).sampled;
}

/** A peer's play, or the one that an earlier run has left in the folder `keep`: peers take minutes, and do not change. */
function playOnce(task: Task, initial: readonly number[], seed: number, method: string) {
  if (options.keep === undefined) return playThere(task, initial, seed, method);
  const file = join(options.keep, `${task.name}-${seed}-${method}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as number[];
  const sampled = playThere(task, initial, seed, method);
  writeFileSync(file, JSON.stringify(sampled));
  return sampled;
}

function playThere(task: Task, initial: readonly number[], seed: number, method: string) {
  const rows = task.rows.map((row) => task.inputs.map((name) => row[name]));
  const job = { columns: task.inputs, rows, y: task.y, initial, budget: BUDGET, seed, method };
  const { status, stdout, stderr } = spawnSync(
    options.python,
    [join(import.meta.dirname, "optimisers_peer.py")],
    { input: JSON.stringify(job), encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`${method} failed: ${stderr.slice(-1500)}`);
  return (JSON.parse(stdout) as { sampled: number[] }).sampled;
}

for (const task of positionals.map(readTask)) {
  const peers = options.peers.split(",");
  const regrets = new Map<string, number[]>(["tieline", ...peers].map((name) => [name, []]));
  const first = Number(options.from);
  for (let seed = first; seed < first + Number(options.seeds); seed++) {
    const prng = createPrng(`initial/${seed}`);
    const initial = new Set<number>();
    while (initial.size < INITIAL) initial.add(prng.integer(task.rows.length));
    regrets.get("tieline")!.push(meanRegret(task, playHere(task, [...initial], seed)));
    for (const peer of peers)
      regrets.get(peer)!.push(meanRegret(task, playOnce(task, [...initial], seed, peer)));
  }
  const mean = (name: string): number => {
    const values = regrets.get(name) ?? [];
    return values.reduce((sum, v) => sum + v, 0) / values.length;
  };
  const best = Math.min(...peers.map(mean));
  const texts = [...regrets].map(
    ([name, values]) =>
      `${name} ${mean(name).toPrecision(3)} (${values.map((v) => v.toPrecision(2)).join(" ")})`,
  );
  console.log(
    `${task.name}, ${task.rows.length} rows: ${texts.join(", ")}; over the best peer ${(mean("tieline") / best).toFixed(2)}`,
  );
}
