import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { createPrng } from "../../src/core/prng.ts";
import { builtMain } from "../support/built-program.ts";
import { NetworkHost } from "./support/network-host.ts";
import { optionOf } from "./support/options.ts";
import { end, type LeaseRow, type Member, StandbyWorld } from "./support/standby-world.ts";

const KINDS = ["kill", "freeze", "cut", "database", "silent", "both"] as const;
type Kind = (typeof KINDS)[number];

const LEASE_s = 2;
/** Rounds of one laboratory; then a new one with an empty log. */
const ROUNDS_EACH = 10;
/** After the lease, a leader must be there within this. */
const TAKE_OVER_ms_max = 5000;
/** A daemon that is started anew folds the log first, on a busy machine for a minute. */
const PATIENCE_ms = 180_000;

/** The lease before a fault, and the highest epoch that had said that it is there. */
type Before = LeaseRow & { readonly spoken: number };

interface Figures {
  readonly takeOvers_ms: number[];
  readonly outages_ms: number[];
  readonly problems: string[];
}

/**
 * `npm run proof -- standby [--rounds 40] [--seed 1] [--only KIND]`: two daemons on hosts of their own (network namespaces), a
 * primary PostgreSQL with a synchronous standby, Mosquitto, and instruments that count what they do. Each round kills or freezes the leader, pulls
 * its cable, kills the primary database, makes that silent (it is back later), or kills both. Counts acknowledged results that the log lacks, jobs that were run twice, events
 * of an older leader behind those of a newer one, and how long after the lease the next leader speaks.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const rounds = Number(optionOf(options, "--rounds") ?? 40);
  const only = optionOf(options, "--only") as Kind | undefined;
  const prng = createPrng(`standby ${optionOf(options, "--seed") ?? "1"}`);
  if (!NetworkHost.areAllowed()) {
    console.log("No right to make network namespaces (ip netns add): nothing was run.");
    return false;
  }
  const main = await builtMain();
  const hosts = [new NetworkHost(), new NetworkHost()];
  const figures = new Map<Kind, Figures>(KINDS.map((kind) => [kind, emptyFigures()]));
  let isRight = true;
  try {
    for (let done = 0; done < rounds; done += ROUNDS_EACH) {
      const world = new StandbyWorld({ main, lease_s: LEASE_s, campaign: `c${done}` });
      try {
        await world.open(hosts);
        for (let k = 0; k < Math.min(ROUNDS_EACH, rounds - done); k++) {
          const kind = only ?? (KINDS[(done + k) % KINDS.length] as Kind);
          const told = await playRound(world, kind, figures.get(kind) as Figures, () =>
            prng.next(),
          );
          const [load = 0] = loadavg();
          console.log(`${done + k + 1} ${kind}: ${told.toFixed(0)} ms, load ${load.toFixed(0)}`);
        }
        isRight = (await judgeWorld(world)) && isRight;
      } finally {
        await world.close();
      }
    }
  } finally {
    for (const host of hosts) host.remove();
  }
  return report(figures) && isRight;
}

async function playRound(
  world: StandbyWorld,
  kind: Kind,
  figures: Figures,
  next: () => number,
): Promise<number> {
  const [leader, before] = await settled(world);
  await wait(500 + 1500 * next());
  const { until_ms } = (await world.lease()) ?? before;
  const began_ms = Date.now();
  if (kind === "kill" || kind === "both") await end(leader.process);
  if (kind === "freeze") leader.process.kill("SIGSTOP");
  if (kind === "cut") leader.host.pull();
  if (kind === "silent") await world.failOver("silent");
  if (kind === "database" || kind === "both") await world.failOver("killed");
  if (kind === "database" || kind === "silent") {
    // The daemons may go on with the promoted one, or one of them takes over: what counts is that somebody appends.
    const appended_ms = await untilAppended(world);
    figures.outages_ms.push(appended_ms - began_ms);
    const after_ms = appended_ms - until_ms;
    figures.takeOvers_ms.push(after_ms);
    if (after_ms > TAKE_OVER_ms_max) tellLate(world, kind);
    await world.rebootAll();
    return after_ms;
  }
  const after_ms = await untilTakenOver(world, before);
  if (after_ms > TAKE_OVER_ms_max) tellLate(world, kind);
  if (kind === "both") figures.outages_ms.push(Date.now() - began_ms);
  figures.takeOvers_ms.push(after_ms);
  await wait(300 + 1500 * next());
  const exit = once(leader.process, "exit");
  if (kind === "freeze") leader.process.kill("SIGCONT");
  if (kind === "cut") leader.host.plug();
  if (kind === "freeze" || kind === "cut") {
    const ended = await Promise.race([exit, wait(PATIENCE_ms)]);
    if (ended === undefined)
      figures.problems.push(`a leader that was replaced did not end: ${leader.said.slice(-3000)}`);
    else if (!leader.said.includes("TL-4003")) figures.problems.push(leader.said.slice(-300));
  }
  if (kind === "both") await world.rebootAll();
  else {
    await end(leader.process);
    world.boot(leader);
  }
  return after_ms;
}

/** Waits until somebody leads, speaks and has appended, and the other one stands by; who, and the lease. */
async function settled(world: StandbyWorld): Promise<[Member, Before]> {
  const deadline_ms = performance.now() + PATIENCE_ms;
  for (;;) {
    const lease = await world.lease();
    const leader = world.members.find((one) => lease !== undefined && world.isLeader(one, lease));
    const missing = lease === undefined ? "no lease" : await world.unsettled(lease);
    if (leader !== undefined && lease !== undefined && missing === "")
      return [leader, { ...lease, spoken: Math.max(0, ...world.spoke.keys()) }];
    for (const member of world.members) if (hasEnded(member)) world.boot(member);
    if (performance.now() > deadline_ms)
      throw new Error(
        `no leader and standby (${JSON.stringify(lease)}, ${missing}): ` +
          world.members.map(({ said }) => said).join("\n"),
      );
    await wait(200);
  }
}

/** One that lost its lease for want of processors has ended with TL-4003, as it should: it is started again. Any other end is a fault. */
function hasEnded({ process: { exitCode, signalCode }, said }: Member): boolean {
  if (exitCode === null && signalCode === null) return false;
  if (said.includes("TL-4003")) return true;
  throw new Error(`a daemon ended by itself (${exitCode ?? signalCode}): ${said.slice(-3000)}`);
}

/** Waits for the next epoch's first word; how long after the end of the old lease it came, ms. */
async function untilTakenOver(world: StandbyWorld, before: Before): Promise<number> {
  const deadline_ms = performance.now() + PATIENCE_ms;
  let until_ms = before.until_ms;
  for (;;) {
    const lease = await world.lease();
    if (lease?.epoch === before.epoch) until_ms = lease.until_ms;
    const spoke = [...world.spoke].find(([epoch]) => epoch > before.spoken);
    if (spoke !== undefined) return spoke[1] - until_ms;
    if (performance.now() > deadline_ms)
      throw new Error(`nobody took over: ${world.members.map(({ said }) => said).join("\n")}`);
    await wait(50);
  }
}

/** When the promoted database gets its next event, ms. */
async function untilAppended(world: StandbyWorld): Promise<number> {
  const first = await world.position();
  const deadline_ms = performance.now() + PATIENCE_ms;
  for (;;) {
    const now = await world.position();
    if (now !== undefined && now !== first) return Date.now();
    if (performance.now() > deadline_ms) throw new Error("nobody appends to the promoted server");
    await wait(20);
  }
}

function tellLate(world: StandbyWorld, kind: Kind): void {
  for (const { said } of world.members) console.log(`late (${kind}):\n${said.slice(-3000)}`);
}

async function judgeWorld(world: StandbyWorld): Promise<boolean> {
  // What is on its way is told and acknowledged.
  await settled(world);
  await wait(3000);
  const { lost, twice, mixed, ...counts } = await world.judge();
  const acknowledged = world.acknowledged.size;
  console.log(JSON.stringify({ ...counts, acknowledged, lost, twice, mixed }));
  return lost.length + twice.length + mixed === 0 && acknowledged > 0;
}

function report(figures: ReadonlyMap<Kind, Figures>): boolean {
  let isRight = true;
  for (const [kind, { takeOvers_ms, outages_ms, problems }] of figures) {
    const late = takeOvers_ms.filter((time_ms) => time_ms > TAKE_OVER_ms_max).length;
    if (takeOvers_ms.length > 0)
      console.log(`${kind}: after the lease ${spread(takeOvers_ms)}, ${late} late`);
    if (outages_ms.length > 0) console.log(`${kind}: until somebody leads ${spread(outages_ms)}`);
    for (const problem of problems) console.log(`${kind}: ${problem}`);
    isRight &&= late + problems.length === 0;
  }
  console.log(isRight ? "every take-over in time" : "NOT AS CLAIMED");
  return isRight;
}

function spread(times_ms: readonly number[]): string {
  const sorted = [...times_ms].sort((a, b) => a - b).map((time_ms) => (time_ms / 1000).toFixed(2));
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))] ?? "";
  return `${at(0)} / ${at(0.5)} / ${at(1)} s (least, median, most of ${sorted.length})`;
}

function emptyFigures(): Figures {
  return { takeOvers_ms: [], outages_ms: [], problems: [] };
}
