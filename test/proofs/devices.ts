import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { connectOperator } from "../../adapters/mqtt/operator-client.ts";
import { createPrng, type Prng } from "../../src/core/prng.ts";
import type { TodoView } from "../../src/views/todo-view.ts";
import { ASYNCUA, OPCUA } from "../adapters/devices/lads-server.ts";
import { PYTHON } from "../adapters/devices/pymodbus-device.ts";
import { Mosquitto } from "../contract/mosquitto.ts";
import { builtMain } from "../support/built-program.ts";
import { DevicePark, type Mortal } from "./support/device-park.ts";
import { optionOf } from "./support/options.ts";

/** Kills come so long after each other at most, ms. */
const PAUSE_ms = 6000;
/** A campaign is left alone after so many kills, so that it can end. */
const KILLS_EACH = 25;
/** Without an end by then it does not come forward. */
const CAMPAIGN_ms = 3_600_000;
/** What the examination asks for; the furnace's shortest way. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  "furnace-1": ["--set", "temperature_K=305", "--set", "duration_h=0.0017"],
};

interface Figures {
  readonly kills: Record<string, number>;
  campaigns: number;
  results: number;
  lost: number;
  twice: number;
  begunTwice: number;
  disagreeing: number;
  broken: number;
}

interface Exported {
  readonly observations: readonly { readonly candidateId: string }[];
}

/**
 * `npm run proof -- devices [--kills 100] [--seed 1] [--only node-opcua|asyncua]`: a campaign whose samples go from a robot behind files
 * to a furnace on pymodbus, to a person and to a diffractometer on LADS, while daemon, gateways and devices are killed at random. Counts
 * results that are missing or twice, attempts that a device began twice, logs that do not verify; then examines the three instruments.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  if (PYTHON === undefined || ASYNCUA === undefined || OPCUA === undefined) return false;
  const kills = Number(optionOf(options, "--kills") ?? 100);
  const prng = createPrng(`devices ${optionOf(options, "--seed") ?? "1"}`);
  const only = optionOf(options, "--only") as "node-opcua" | "asyncua" | undefined;
  const main = await builtMain();
  const figures: Figures = {
    ...{ kills: {}, campaigns: 0, results: 0, lost: 0, twice: 0, begunTwice: 0 },
    ...{ disagreeing: 0, broken: 0 },
  };
  const mosquitto = new Mosquitto();
  await mosquitto.start();
  const broker = `mqtt://127.0.0.1:${mosquitto.port}`;
  try {
    while (sum(figures.kills) < kills) {
      const folder = join(mkdtempSync(join(tmpdir(), "tieline-devices-")), "lab");
      const site = `c${figures.campaigns}`;
      const peer = only ?? (figures.campaigns % 2 === 0 ? "node-opcua" : "asyncua");
      const park = await DevicePark.make({ main, folder, site, broker, peer });
      await liveAndDie(park, broker, { figures, kills, prng });
      await judge(park, broker, figures);
      await park.close();
      rmSync(folder, { recursive: true, force: true });
      console.log(`campaign on ${peer}: ${JSON.stringify(figures)}`);
    }
  } finally {
    await mosquitto.stop();
  }
  const { lost, twice, begunTwice, disagreeing, broken } = figures;
  const isRight = lost + twice + begunTwice + disagreeing + broken === 0;
  console.log(
    isRight ? "every result once, every instrument keeps the contract" : "NOT AS CLAIMED",
  );
  return isRight;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** Kills one of them after the other until the campaign has ended, and starts what was killed at once. */
async function liveAndDie(
  park: DevicePark,
  broker: string,
  {
    figures,
    kills,
    prng,
  }: { readonly figures: Figures; readonly kills: number; readonly prng: Prng },
): Promise<void> {
  const deadline_ms = Date.now() + CAMPAIGN_ms;
  await park.open();
  const person = new Person(broker, park.site);
  const all: readonly Mortal[] = [park.daemon, ...park.gateways, ...park.devices];
  for (let own = 0; park.daemon.code !== 0; ) {
    if (Date.now() > deadline_ms)
      throw new Error(`the campaign did not end; see ${park.folder}\n${park.daemon.last}`);
    await person.work(500 + prng.next() * PAUSE_ms, () => park.daemon.code === 0);
    if (park.daemon.code !== undefined && park.daemon.code !== 0)
      throw new Error(`the daemon ended with ${park.daemon.code}: ${park.daemon.last}`);
    if (park.daemon.code === 0 || own >= KILLS_EACH || sum(figures.kills) >= kills) continue;
    const victim = all[Math.floor(prng.next() * all.length)] as Mortal;
    if (!victim.isUp) continue;
    await victim.kill();
    victim.start();
    own += 1;
    const kind = victim.name.replace(/ of .*/, "").replace(/-1$/, "");
    figures.kills[kind] = (figures.kills[kind] ?? 0) + 1;
  }
  await person.close();
}

/** Does what is on the list as soon as it is there. */
class Person {
  readonly #broker: string;
  readonly #site: string;
  #client: Promise<Awaited<ReturnType<typeof connectOperator>>> | undefined;

  constructor(broker: string, site: string) {
    this.#broker = broker;
    this.#site = site;
  }

  async work(for_ms: number, isOver: () => boolean): Promise<void> {
    for (const end_ms = Date.now() + for_ms; Date.now() < end_ms && !isOver(); ) {
      // A daemon that was killed does not answer: it is said again.
      await this.#look().catch(() => {});
      await wait(300);
    }
  }

  async close(): Promise<void> {
    await (await this.#client)?.close();
  }

  async #look(): Promise<void> {
    this.#client ??= connectOperator({ url: this.#broker, site: this.#site, timeout_ms: 2000 });
    const client = await this.#client;
    const view = (await client.view("todo")) as TodoView | undefined;
    for (const { jobId } of view?.todos ?? []) {
      const [campaignId = ""] = jobId.split(".");
      const report = { outcome: "done" as const };
      await client.command({ campaignId, action: "report", by: "ada", jobId, report });
    }
  }
}

async function judge(park: DevicePark, broker: string, figures: Figures): Promise<void> {
  const tieline = (...argv: string[]): string => {
    const [program, ...all] = park.command(...argv, "--data", join(park.folder, "data"));
    return execFileSync(program, all, { encoding: "utf8", maxBuffer: 1 << 26 });
  };
  const { observations } = JSON.parse(tieline("export", "--format", "json")) as Exported;
  const candidates = new Set(observations.map((one) => one.candidateId)).size;
  figures.campaigns += 1;
  figures.results += observations.length;
  figures.lost += Math.max(0, park.budget - candidates);
  figures.twice += observations.length - candidates;
  for (const instrument of park.instruments) {
    const begun = park
      .begun(instrument)
      .map((one) => JSON.stringify([one.jobId, one.taskId, one.token]));
    figures.begunTwice += begun.length - new Set(begun).size;
  }
  if (!tieline("replay", "--verify").includes("agree")) figures.disagreeing += 1;
  for (const instrument of park.instruments)
    if (!(await keepsContract(park, broker, instrument))) figures.broken += 1;
}

async function keepsContract(
  park: DevicePark,
  broker: string,
  instrument: string,
): Promise<boolean> {
  const about = ["--instrument", instrument, "--broker", broker, "--site", park.site];
  // Above every epoch that the daemon had: one for each of its lives.
  const how = ["--epoch", "100000", "--patience", "120", "--answer", "15", "--resend", "40"];
  const [program, ...argv] = park.command(
    "conformance",
    ...about,
    ...how,
    ...(SETTINGS[instrument] ?? []),
  );
  try {
    const { stdout } = await promisify(execFile)(program, argv);
    console.log(stdout.trim().split("\n").at(-1));
    return true;
  } catch (error) {
    console.log((error as { stdout?: string }).stdout, (error as Error).message);
    return false;
  }
}
