import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Simulators from "../../simulators/index.ts";
import { builtMain } from "../support/built-program.ts";
import { optionOf } from "./support/options.ts";
import { type SwarmRun, swarmRunOf } from "./support/other-build.ts";

interface Sums {
  seeds: number;
  /** Experiments that were measured: 60 a seed, unless people changed its budget or ended it. */
  points: number;
  violations: number;
  unfinished: number;
  events: number;
  restarts: number;
  starts: number;
  quarantined: number;
  commands: number;
  stops: number;
  virtual_h: number;
}

/** One run of the other build after so many seeds here: both meet the same load of the machine. */
const BESIDE_EVERY = 4;

/**
 * `npm run proof -- swarm [--seeds 3000] [--from 1] [--beside DIR [--same-load]]`: so many seeds of the swarm, one after the other in this process: the
 * production loop with gullible and faulty instruments, people, strangers, cuts and kills. Every violation is printed with its
 * seed. `--beside`: what a run costs is compared with `simulate --faults swarm` of the build in that folder, in turns; with
 * `--same-load` also with the same of this build: without people and strangers, and with models that plan.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const seeds = Number(optionOf(options, "--seeds") ?? 3000);
  const from = Number(optionOf(options, "--from") ?? 1);
  const other = optionOf(options, "--beside");
  const hasSameLoad = options.includes("--same-load");
  const others: SwarmRun[] = [];
  const own: SwarmRun[] = [];
  const runSwarm = await builtSwarm();
  const before = process.cpuUsage();
  const sums: Sums = {
    ...{ seeds: 0, points: 0, violations: 0, unfinished: 0, events: 0, restarts: 0, starts: 0 },
    ...{ quarantined: 0, commands: 0, stops: 0, virtual_h: 0 },
  };
  for (let seed = from; seed < from + seeds; seed++) {
    await runOne(runSwarm, String(seed), sums);
    if (sums.seeds % 100 === 0) console.log(`${sums.seeds} seeds, ${sums.violations} violations`);
    if (other !== undefined && sums.seeds % BESIDE_EVERY === 0) {
      await addRun(others, other, seed);
      if (hasSameLoad) await addRun(own, join(dirname(await builtMain()), "../.."), seed);
      compare({ cpu_s: cpuSince_s(before), points: sums.points }, sums.seeds, { own, others });
    }
  }
  const cpu_s = cpuSince_s(before);
  console.log(JSON.stringify({ ...sums, cpu_s_perSeed: Number((cpu_s / seeds).toFixed(3)) }));
  return sums.violations === 0 && sums.unfinished === 0;
}

function cpuSince_s(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** So far: a comparison that is stopped has said what it knows. */
function compare(
  here: SwarmRun,
  seeds: number,
  { own, others }: { readonly own: readonly SwarmRun[]; readonly others: readonly SwarmRun[] },
): void {
  tell("here, with people and strangers", here, seeds, others);
  if (own.length > 0) tell("here, simulate --faults swarm", totalOf(own), own.length, others);
  tell("the other build", totalOf(others), others.length, others);
}

async function addRun(runs: SwarmRun[], folder: string, seed: number): Promise<void> {
  await swarmRunOf(folder, String(seed)).then(
    (run) => runs.push(run),
    (error: Error) => console.log(`left out of the comparison: ${error.message}`),
  );
}

function totalOf(runs: readonly SwarmRun[]): SwarmRun {
  const sum = (key: keyof SwarmRun): number => runs.reduce((total, run) => total + run[key], 0);
  return { cpu_s: sum("cpu_s"), points: sum("points") };
}

/** CPU a run and a point, and their shares of the other build's. */
function tell(what: string, total: SwarmRun, runs: number, others: readonly SwarmRun[]): void {
  const other = totalOf(others);
  const aRun_s = total.cpu_s / runs;
  const aPoint_ms = (1000 * total.cpu_s) / total.points;
  const share = (aRun_s * others.length) / other.cpu_s;
  const shareOfPoint = (aPoint_ms * other.points) / (1000 * other.cpu_s);
  console.log(
    `${what}: ${runs} runs, ${aRun_s.toFixed(2)} CPU s each (${share.toFixed(3)}), ` +
      `${aPoint_ms.toFixed(1)} ms a point (${shareOfPoint.toFixed(3)})`,
  );
}

/** Out of the bundle, as the build of before: sources that are translated on their way in cost more. */
async function builtSwarm(): Promise<typeof Simulators.runSwarm> {
  const door = join(dirname(await builtMain()), "../simulators/index.js");
  return ((await import(pathToFileURL(door).href)) as typeof Simulators).runSwarm;
}

async function runOne(
  runSwarm: typeof Simulators.runSwarm,
  seed: string,
  sums: Sums,
): Promise<void> {
  const { events, finished, restarts, ledger, violations, elapsed_s, loop } = await runSwarm({
    seed,
  });
  const count = (type: string): number => events.filter(({ fact }) => fact.type === type).length;
  sums.seeds += 1;
  for (const results of loop.lab.results.values()) sums.points += results.length;
  sums.violations += violations.length;
  sums.unfinished += finished ? 0 : 1;
  sums.events += events.length;
  sums.restarts += restarts;
  sums.starts += ledger.filter((entry) => entry.event === "started").length;
  sums.quarantined += count("message.quarantined");
  sums.commands += count("operator.command");
  sums.stops += count("safety.emergencyStop");
  sums.virtual_h += Math.round(elapsed_s / 3600);
  for (const { checker, detail } of violations)
    console.log(`VIOLATION seed ${seed}: ${checker}: ${detail}`);
  if (!finished) console.log(`UNFINISHED seed ${seed}`);
}
