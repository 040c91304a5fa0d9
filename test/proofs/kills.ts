import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPrng } from "../../src/core/prng.ts";
import { Mosquitto } from "../contract/mosquitto.ts";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";
import { optionOf } from "./support/options.ts";

const ROOT = join(import.meta.dirname, "../..");
const BUDGET = 12;
/** So often a campaign's daemon is killed; then it is let live to the end. */
const KILLS_EACH = 25;
/** Lives beyond this without an end: the campaign does not come forward. */
const LIVES_MAX = 30;
/** Kills come between boot and so long after it, ms. */
const LIFE_ms = 1500;

interface Exported {
  readonly campaign: { readonly state: string };
  readonly observations: readonly { readonly candidateId: string; readonly jobId: string }[];
  readonly jobs: readonly { readonly state: string; readonly starts: number }[];
}

interface Figures {
  kills: number;
  campaigns: number;
  results: number;
  lost: number;
  twice: number;
  deadLetters: number;
  disagreeing: number;
}

/**
 * `npm run proof -- kills [--kills 500] [--seed 1]`: the daemon as it ships, with its simulated instruments, is killed by SIGKILL
 * at random moments after its boot, half of the times on its own broker and half on Mosquitto, until its campaign is over; then
 * another. Counts results that are missing or counted twice, jobs that began twice, dead letters, and logs that do not verify.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const kills = Number(optionOf(options, "--kills") ?? 500);
  const seed = optionOf(options, "--seed") ?? "1";
  const main = await builtMain();
  const about = { kills: Math.ceil(kills / 4), seed };
  const runs = (["embedded", "mosquitto"] as const).flatMap((broker) =>
    [1, 2].map(async (n) => {
      const figures = await killUntil(main, broker, { ...about, seed: `${seed}.${n}` });
      console.log(`${broker}: ${JSON.stringify(figures)}`);
      return figures;
    }),
  );
  const isRight = (await Promise.all(runs)).every(
    ({ lost, twice, deadLetters, disagreeing }) => lost + twice + deadLetters + disagreeing === 0,
  );
  console.log(isRight ? "every result once, every log agrees" : "NOT AS CLAIMED");
  return isRight;
}

async function killUntil(
  main: string,
  broker: "embedded" | "mosquitto",
  { kills, seed }: { readonly kills: number; readonly seed: string },
): Promise<Figures> {
  const figures: Figures = {
    ...{ kills: 0, campaigns: 0, results: 0, lost: 0, twice: 0, deadLetters: 0, disagreeing: 0 },
  };
  const prng = createPrng(`kills ${seed} ${broker}`);
  const mosquitto = broker === "mosquitto" ? new Mosquitto() : undefined;
  await mosquitto?.start();
  try {
    while (figures.kills < kills) {
      const folder = mkdtempSync(join(tmpdir(), "tieline-kills-"));
      const config = await configure(
        folder,
        mosquitto,
        `c${figures.campaigns}-${seed.replace(".", "-")}`,
      );
      await liveAndDie({ main, folder, config, figures, kills, next: () => prng.next() });
      judge(main, folder, figures);
      rmSync(folder, { recursive: true, force: true });
      console.log(`${broker}: ${figures.kills} kills, ${figures.campaigns} campaigns`);
    }
  } finally {
    await mosquitto?.stop();
  }
  return figures;
}

async function configure(
  folder: string,
  mosquitto: Mosquitto | undefined,
  site: string,
): Promise<string> {
  const config = join(folder, "config.yaml");
  const text = readFileSync(join(ROOT, "config/default.yaml"), "utf8")
    .replace(/port: 1883/, `port: ${await freePort()}`)
    .replace(/ *webSocketPort: \d+\n/, "")
    .replace("port: 8080", "port: 0")
    .replace("budget: 60", `budget: ${BUDGET}`);
  const own = text.replace(/^site: .*$/m, `site: ${site}`);
  const url = `broker:\n  url: mqtt://127.0.0.1:${mosquitto?.port ?? 0}\n`;
  writeFileSync(config, mosquitto === undefined ? own : own.replace(/^broker:\n( +.*\n)+/m, url));
  return config;
}

/** Lives of one laboratory: each but the last ends by SIGKILL, the last when the campaign is over. */
async function liveAndDie(about: {
  readonly main: string;
  readonly folder: string;
  readonly config: string;
  readonly figures: Figures;
  readonly kills: number;
  readonly next: () => number;
}): Promise<void> {
  const { main, folder, config, figures, kills, next } = about;
  for (let life = 0; life < LIVES_MAX; life++) {
    const args = ["start", "--config", config, "--data", join(folder, "data")];
    const daemon = spawn(process.execPath, [main, ...args, "--until-done", "--speed", "600"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TIELINE_LOG_LEVEL: "fatal" },
    });
    const exit = once(daemon, "exit");
    await boot(daemon);
    const timer =
      figures.kills < kills && life < KILLS_EACH
        ? setTimeout(() => daemon.kill("SIGKILL"), next() * LIFE_ms)
        : undefined;
    const [code, signal] = (await exit) as [number | null, string | null];
    clearTimeout(timer);
    if (code === 0) return;
    if (signal !== "SIGKILL") throw new Error(`the daemon ended with ${code}; see ${folder}`);
    figures.kills += 1;
  }
  throw new Error(`the campaign did not end in ${LIVES_MAX} lives; see ${folder}`);
}

function boot(daemon: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let said = "";
    daemon.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Tieline runs")) resolve();
    });
    daemon.once("exit", () => resolve());
  });
}

function judge(main: string, folder: string, figures: Figures): void {
  const data = join(folder, "data");
  const tieline = (...args: string[]): string =>
    execFileSync(process.execPath, [main, ...args, "--data", data], {
      ...{ encoding: "utf8", maxBuffer: 1 << 26 },
    });
  const { observations, jobs } = JSON.parse(tieline("export", "--format", "json")) as Exported;
  const candidates = new Set(observations.map((one) => one.candidateId)).size;
  figures.campaigns += 1;
  figures.results += observations.length;
  figures.lost += Math.max(0, BUDGET - candidates);
  figures.twice += observations.length - candidates + jobs.filter((job) => job.starts > 1).length;
  figures.deadLetters += jobs.filter((job) => job.state === "deadLetter").length;
  try {
    if (!tieline("replay", "--verify").includes("agree")) figures.disagreeing += 1;
  } catch {
    figures.disagreeing += 1;
  }
}
