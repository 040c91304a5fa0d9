import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAMED_BROKER, type NamedBroker } from "../contract/brokers.ts";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";
import {
  FOREIGN_BROKERS,
  type ForeignBroker,
  RunningForeigner,
} from "./support/foreign-brokers.ts";
import { optionOf } from "./support/options.ts";

const ROOT = join(import.meta.dirname, "../..");
/** What was downloaded and built is kept here between runs. */
const KEPT = join(tmpdir(), "tieline-brokers");
const SUITE = "test/contract/wire.test.ts";
const TEST_ms_max = 40_000;
/** At load 40 half a campaign takes longer than five minutes. */
const CAMPAIGN_ms_max = 1_200_000;
const BUDGET = 60;

interface Row {
  readonly name: string;
  readonly suite: string;
  readonly campaign: string;
  readonly isRight: boolean;
}

/**
 * `npm run proof -- brokers [--only NAME] [--part suite | campaign]`: other people's brokers, pinned, downloaded and built. On each the contract's suite of
 * the wire, and the default campaign to its end while the broker and then the daemon are killed by SIGKILL. Fails where a test fails
 * that the broker is not known to fail, where a campaign does not end, and where a result is missing or counted twice.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const only = optionOf(options, "--only")?.toLowerCase() ?? "";
  const part = optionOf(options, "--part");
  const main = await builtMain();
  const rows: Row[] = [];
  for (const broker of FOREIGN_BROKERS.filter(({ name }) => name.toLowerCase().includes(only))) {
    const row = await examine(broker, main, part).catch(
      (error: Error): Row => ({
        ...{ name: nameOf(broker), suite: "-", isRight: false },
        campaign: error.message.split("\n")[0] ?? "",
      }),
    );
    rows.push(row);
    console.log(`| ${row.name} | ${row.suite} | ${row.campaign} |`);
  }
  const isRight = rows.length > 0 && rows.every((row) => row.isRight);
  console.log(isRight ? "as told in docs/brokers.md" : "NOT AS CLAIMED");
  return isRight;
}

const nameOf = ({ name, version }: ForeignBroker): string => `${name} ${version}`;

const LEFT_OUT: Verdict = { text: "left out", isRight: true };

async function examine(
  broker: ForeignBroker,
  main: string,
  part: string | undefined,
): Promise<Row> {
  const folder = join(KEPT, nameOf(broker).replaceAll(/[^\w.-]+/g, "-"));
  broker.install(folder);
  const suite =
    part === "campaign"
      ? LEFT_OUT
      : await onFresh(broker, folder, async (_, named) => judgeSuite(broker, named));
  const campaign =
    part === "suite"
      ? LEFT_OUT
      : await onFresh(broker, folder, (running, { url }) => playCampaign(running, url, main));
  return {
    ...{ name: nameOf(broker), suite: suite.text, campaign: campaign.text },
    isRight: suite.isRight && campaign.isRight,
  };
}

interface Verdict {
  readonly text: string;
  readonly isRight: boolean;
}

async function onFresh(
  broker: ForeignBroker,
  folder: string,
  play: (running: RunningForeigner, named: NamedBroker) => Promise<Verdict>,
): Promise<Verdict> {
  const home = mkdtempSync(join(tmpdir(), "tieline-broker-"));
  const doors = { tcp: await freePort(), webSocket: await freePort() };
  const running = new RunningForeigner(broker.command(folder, home, doors), doors.tcp);
  const { name, versions, hasWebSocket } = broker;
  try {
    await running.start();
    return await play(running, {
      ...{ name, versions, url: `mqtt://127.0.0.1:${doors.tcp}` },
      ...(hasWebSocket ? { webSocketUrl: `ws://127.0.0.1:${doors.webSocket}/` } : {}),
    });
  } finally {
    await running.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

interface Told {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

function judgeSuite({ cannot }: ForeignBroker, named: NamedBroker): Verdict {
  const file = join(mkdtempSync(join(tmpdir(), "tieline-suite-")), "told.json");
  spawnSync(
    "npx",
    [
      ...["vitest", "run", SUITE, "--reporter=json", `--outputFile=${file}`],
      ...["--testTimeout", String(TEST_ms_max), "--hookTimeout", String(TEST_ms_max)],
    ],
    {
      cwd: ROOT,
      stdio: "ignore",
      env: { ...process.env, [NAMED_BROKER]: JSON.stringify(named) },
    },
  );
  const told = JSON.parse(readFileSync(file, "utf8")) as Told;
  const tests = told.testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failed = tests.filter(({ status }) => status === "failed").map(({ title }) => title);
  const strange = failed.filter((title) => !cannot.some(([words]) => title.includes(words)));
  for (const title of failed.filter((one) => !strange.includes(one)))
    console.log(`${named.name}: fails, as known, “${title}”`);
  for (const title of strange) console.log(`${named.name}: fails “${title}”`);
  if (passed === 0) console.log(`${named.name}: ${told.testResults[0]?.message}`);
  const of = tests.filter(({ status }) => status === "passed" || status === "failed").length;
  return { text: `${passed} of ${of}`, isRight: passed > 0 && strange.length === 0 };
}

interface Exported {
  readonly campaign: { readonly state: string };
  readonly observations: readonly { readonly candidateId: string }[];
  readonly jobs: readonly { readonly starts: number }[];
}

/** The default campaign; its broker is killed at a third of its events, its daemon at two thirds. */
async function playCampaign(
  running: RunningForeigner,
  url: string,
  main: string,
): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-campaign-"));
  const data = join(folder, "data");
  mkdirSync(data);
  const config = join(folder, "config.yaml");
  const text = readFileSync(join(ROOT, "config/default.yaml"), "utf8").replace(
    "port: 8080",
    "port: 0",
  );
  writeFileSync(config, text.replace(/^broker:\n( +.*\n)+/m, `broker:\n  url: ${url}\n`));
  const args = ["start", "--config", config, "--data", data, "--until-done"];
  let said = "";
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [main, ...args, "--speed", "1000", "--seed", "1"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TIELINE_LOG_LEVEL: "warn" },
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-3000);
      });
    return child;
  };
  const began_ms = performance.now();
  try {
    let daemon = start();
    await untilEvents(data, 400, daemon);
    await running.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await running.start();
    await untilEvents(data, 800, daemon);
    daemon.kill("SIGKILL");
    daemon = start();
    const timer = setTimeout(() => daemon.kill("SIGKILL"), CAMPAIGN_ms_max);
    await once(daemon, "exit");
    clearTimeout(timer);
    const exported = execFileSync(
      process.execPath,
      [main, "export", "--format", "json", "--data", data],
      { encoding: "utf8", maxBuffer: 1 << 26 },
    );
    const { campaign, observations, jobs } = JSON.parse(exported) as Exported;
    const { size } = new Set(observations.map(({ candidateId }) => candidateId));
    const twice = jobs.filter(({ starts }) => starts > 1).length + observations.length - size;
    const took = `${((performance.now() - began_ms) / 1000).toFixed(0)} s`;
    return {
      text: `${campaign.state}, ${size} of ${BUDGET} results, ${twice} twice, ${took}`,
      isRight: campaign.state === "budgetExhausted" && size === BUDGET && twice === 0,
    };
  } catch (error) {
    console.log(said);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilEvents(data: string, count: number, daemon: ChildProcess): Promise<void> {
  const file = join(data, "events.jsonl");
  const deadline_ms = performance.now() + CAMPAIGN_ms_max;
  const events = (): number =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n").length : 0;
  while (events() < count) {
    if (daemon.exitCode !== null) throw new Error(`the daemon ended with ${daemon.exitCode}`);
    if (performance.now() > deadline_ms) {
      daemon.kill("SIGKILL");
      throw new Error(`the campaign stood still at ${events()} events`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
