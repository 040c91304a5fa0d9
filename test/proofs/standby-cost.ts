import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { handOverLog } from "../../adapters/storage/open-event-log.ts";
import { builtMain } from "../support/built-program.ts";
import { NetworkHost } from "./support/network-host.ts";
import { optionOf } from "./support/options.ts";
import { type Member, StandbyWorld } from "./support/standby-world.ts";

const LEASE_s = 10;
const PATIENCE_ms = 1_200_000;
/** What a daemon does after a start or a campaign's end is over by then. */
const SETTLE_ms = 20_000;
/** What a standby may cost, of what the leader costs. */
const RATIO_max = 1.2;

interface Cost {
  /** User and system time so far, s. */
  readonly cpu_s: number;
  readonly memory_MB: number;
}

/**
 * `npm run proof -- standby-cost [--results 120] [--idle 60] [--orders 2]`: a leader and a standby as in `standby`, without faults. CPU and memory of both
 * while so many results come and the campaign is planned, and CPU while nothing happens for so many seconds after it is over; then again, as often as
 * `orders` says, with the lead handed over, and all of those together. Fails where the standby costs more than 1.2 times what the leader does.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const results = Number(optionOf(options, "--results") ?? 120);
  const idle_s = Number(optionOf(options, "--idle") ?? 60);
  const orders = Number(optionOf(options, "--orders") ?? 2);
  if (!NetworkHost.areAllowed()) {
    console.log("No right to make network namespaces (ip netns add): nothing was run.");
    return false;
  }
  const hosts = [new NetworkHost(), new NetworkHost()];
  const main = await builtMain();
  const world = new StandbyWorld({ main, lease_s: LEASE_s, campaign: "cost", budget: results });
  try {
    await world.open(hosts);
    const pair = await untilSettled(world);
    const [before, seen] = [pair.map(costOf), world.acknowledged.size];
    await until(() => world.acknowledged.size >= results, "the results");
    const atWork = spent(before, pair.map(costOf));
    const isBusyRight = report(`${results - seen} results`, atWork);
    const idle: Cost[][] = [];
    for (let order = 0; order < orders; order++) {
      if (order > 0) await handOverLog(world.primary.address(), "proof");
      const costs = await measureIdle(await untilSettled(world), idle_s);
      report(`${idle_s} s without work`, costs);
      idle.push(costs);
    }
    return report(`${orders} orders without work`, sum(idle)) && isBusyRight;
  } finally {
    await world.close();
    for (const host of hosts) host.remove();
  }
}

async function measureIdle(pair: readonly Member[], idle_s: number): Promise<Cost[]> {
  await wait(SETTLE_ms);
  const before = pair.map(costOf);
  await wait(idle_s * 1000);
  return spent(before, pair.map(costOf));
}

function spent(before: readonly Cost[], after: readonly Cost[]): Cost[] {
  return after.map(({ cpu_s, memory_MB }, k) => ({
    ...{ cpu_s: cpu_s - (before[k]?.cpu_s ?? 0), memory_MB },
  }));
}

/** CPU of all, and the most memory. */
function sum(orders: readonly (readonly Cost[])[]): Cost[] {
  return [0, 1].map((k) => ({
    cpu_s: orders.reduce((total, costs) => total + (costs[k]?.cpu_s ?? 0), 0),
    memory_MB: Math.max(...orders.map((costs) => costs[k]?.memory_MB ?? 0)),
  }));
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

/** Of all threads of the process that live, by the scheduler's count: the other one is in hundredths of a second. */
function costOf({ process: { pid } }: Member): Cost {
  const threads = readdirSync(`/proc/${pid}/task`).map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]),
  );
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpu_s: threads.reduce((total, ns) => total + ns, 0) / 1e9,
    memory_MB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
  };
}

function report(when: string, [leads, follows]: readonly Cost[]): boolean {
  if (leads === undefined || follows === undefined) throw new Error("nothing was measured");
  const times = (of: keyof Cost): number => follows[of] / leads[of];
  const [load = 0] = loadavg();
  console.log(
    `${when}, load ${load.toFixed(0)}: CPU of the leader ${leads.cpu_s.toFixed(3)} s, of the standby ${follows.cpu_s.toFixed(3)} s ` +
      `(${times("cpu_s").toFixed(2)} times); memory ${leads.memory_MB.toFixed(0)} and ${follows.memory_MB.toFixed(0)} MB (${times("memory_MB").toFixed(2)} times)`,
  );
  return times("cpu_s") <= RATIO_max && times("memory_MB") <= RATIO_max;
}
