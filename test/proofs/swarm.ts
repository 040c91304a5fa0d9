import { runSwarm } from "../../simulators/run/run-swarm.ts";
import { optionOf } from "./support/options.ts";

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

/**
 * `npm run proof -- swarm [--seeds 3000] [--from 1]`: so many seeds of the swarm, one after the other in this process: the
 * production loop with gullible and faulty instruments, people, strangers, cuts and kills. Every violation is printed with its seed.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const seeds = Number(optionOf(options, "--seeds") ?? 3000);
  const from = Number(optionOf(options, "--from") ?? 1);
  const before = process.cpuUsage();
  const sums: Sums = {
    ...{ seeds: 0, violations: 0, unfinished: 0, events: 0, restarts: 0, starts: 0 },
    ...{ quarantined: 0, commands: 0, stops: 0, virtual_h: 0 },
  };
  for (let seed = from; seed < from + seeds; seed++) {
    await runOne(String(seed), sums);
    if (sums.seeds % 100 === 0) console.log(`${sums.seeds} seeds, ${sums.violations} violations`);
  }
  const { user, system } = process.cpuUsage(before);
  const cpu_s = (user + system) / 1e6;
  console.log(JSON.stringify({ ...sums, cpu_s_perSeed: Number((cpu_s / seeds).toFixed(3)) }));
  return sums.violations === 0 && sums.unfinished === 0;
}

async function runOne(seed: string, sums: Sums): Promise<void> {
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
