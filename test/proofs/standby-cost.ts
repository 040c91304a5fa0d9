import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { builtMain } from "../support/built-program.ts";
import { NetworkHost } from "./support/network-host.ts";
import { optionOf } from "./support/options.ts";
import { type Member, StandbyWorld } from "./support/standby-world.ts";

const LEASE_s = 10;
const PATIENCE_ms = 1_200_000;
/** What a standby may cost, of what the leader costs. */
const RATIO_max = 1.2;

interface Cost {
  /** User and system time so far, s. */
  readonly cpu_s: number;
  readonly memory_MB: number;
}

/**
 * `npm run proof -- standby-cost [--results 120] [--idle 60]`: a leader and a standby as in `standby`, without faults. CPU and memory of both while so
 * many results come and the campaign is planned, and CPU while nothing happens for so many seconds after it is over.
 * Fails where the standby costs more than 1.2 times what the leader does.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const results = Number(optionOf(options, "--results") ?? 120);
  const idle_s = Number(optionOf(options, "--idle") ?? 60);
  if (!NetworkHost.areAllowed()) {
    console.log("No right to make network namespaces (ip netns add): nothing was run.");
    return false;
  }
  const hosts = [new NetworkHost(3), new NetworkHost(4)];
  const main = await builtMain();
  const world = new StandbyWorld({ main, lease_s: LEASE_s, campaign: "cost", budget: results });
  try {
    await world.open(hosts);
    const pair = await untilSettled(world);
    const [before, seen] = [pair.map(costOf), world.acknowledged.size];
    await until(() => world.acknowledged.size >= results, "the results");
    const after = pair.map(costOf);
    const isBusyRight = report(`${results - seen} results`, before, after);
    await wait(10_000);
    const quiet = pair.map(costOf);
    await wait(idle_s * 1000);
    return report(`${idle_s} s without work`, quiet, pair.map(costOf)) && isBusyRight;
  } finally {
    await world.close();
    for (const host of hosts) host.remove();
  }
}

/** The leader, then the one that stands by. */
async function untilSettled(world: StandbyWorld): Promise<readonly Member[]> {
  let pair: readonly Member[] = [];
  await until(async () => {
    const lease = await world.lease();
    if (lease === undefined || (await world.unsettled(lease)) !== "") return false;
    const isLeader = (one: Member): boolean => world.isLeader(one, lease);
    pair = [...world.members.filter(isLeader), ...world.members.filter((one) => !isLeader(one))];
    return true;
  }, "a leader and a standby");
  return pair;
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline_ms = performance.now() + PATIENCE_ms;
  while (!(await isSo())) {
    if (performance.now() > deadline_ms) throw new Error(`${what} did not come`);
    await wait(300);
  }
}

/** Of the process with all its threads; the kernel counts in hundredths of a second. */
function costOf({ process: { pid } }: Member): Cost {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpu_s: (Number(fields[11]) + Number(fields[12])) / 100,
    memory_MB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
  };
}

function report(when: string, before: readonly Cost[], after: readonly Cost[]): boolean {
  const [leads = 0, follows = 0] = after.map(({ cpu_s }, k) => cpu_s - (before[k]?.cpu_s ?? 0));
  const [large = 0, small = 0] = after.map(({ memory_MB }) => memory_MB);
  const [load = 0] = loadavg();
  console.log(
    `${when}, load ${load.toFixed(0)}: CPU of the leader ${leads.toFixed(2)} s, of the standby ${follows.toFixed(2)} s ` +
      `(${(follows / leads).toFixed(2)} times); memory ${large.toFixed(0)} and ${small.toFixed(0)} MB (${(small / large).toFixed(2)} times)`,
  );
  return follows <= RATIO_max * leads && small <= RATIO_max * large;
}
