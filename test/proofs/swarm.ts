import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Simulators from "../../simulators/index.ts";
import { builtMain } from "../support/built-program.ts";
import { optionOf } from "./support/options.ts";
import { cpuOfSwarmRun_s } from "./support/other-build.ts";

interface Sums {
  seeds: number;
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
const BESIDE_EVERY = 8;

/**
 * `npm run proof -- swarm [--seeds 3000] [--from 1] [--beside DIR]`: so many seeds of the swarm, one after the other in this process: the
 * production loop with gullible and faulty instruments, people, strangers, cuts and kills. Every violation is printed with its
 * seed. `--beside`: what a run costs is compared with `simulate --faults swarm` of the build in that folder, in turns.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const seeds = Number(optionOf(options, "--seeds") ?? 3000);
  const from = Number(optionOf(options, "--from") ?? 1);
  const other = optionOf(options, "--beside");
  const cpuOfOther_s: number[] = [];
  const runSwarm = await builtSwarm();
  const before = process.cpuUsage();
  const sums: Sums = {
    ...{ seeds: 0, violations: 0, unfinished: 0, events: 0, restarts: 0, starts: 0 },
    ...{ quarantined: 0, commands: 0, stops: 0, virtual_h: 0 },
  };
  for (let seed = from; seed < from + seeds; seed++) {
    await runOne(runSwarm, String(seed), sums);
    if (sums.seeds % 100 === 0) console.log(`${sums.seeds} seeds, ${sums.violations} violations`);
    if (other !== undefined && sums.seeds % BESIDE_EVERY === 0)
      await cpuOfSwarmRun_s(other, String(seed)).then(
        (cpu_s) => cpuOfOther_s.push(cpu_s),
        (error: Error) => console.log(`left out of the comparison: ${error.message}`),
      );
  }
  const { user, system } = process.cpuUsage(before);
  const cpu_s = (user + system) / 1e6;
  console.log(JSON.stringify({ ...sums, cpu_s_perSeed: Number((cpu_s / seeds).toFixed(3)) }));
  if (cpuOfOther_s.length > 0) {
    const other_s = cpuOfOther_s.reduce((sum, one) => sum + one, 0) / cpuOfOther_s.length;
    const share = cpu_s / seeds / other_s;
    console.log(`${other}: ${other_s.toFixed(2)} CPU s a run; here ${share.toFixed(3)} of that`);
  }
  return sums.violations === 0 && sums.unfinished === 0;
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
  const { events, finished, restarts, ledger, violations, elapsed_s } = await runSwarm({ seed });
  const count = (type: string): number => events.filter(({ fact }) => fact.type === type).length;
  sums.seeds += 1;
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
