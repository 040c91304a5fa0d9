import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../contract/listener.ts";
import { builtMain } from "../support/built-program.ts";
import { tieline } from "../support/command-line.ts";
import {
  commandsOfDocument,
  commandsOfHelp,
  documents,
  isIncomplete,
  leaves,
  type PrintedCommand,
  strangersIn,
  wordsOf,
} from "../support/printed-commands.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const main = await builtMain();

/** What is printed but not run here, and why. */
const NOT_RUN: readonly [RegExp, string][] = [
  [/^npm (ci|test|i|install|pack|init)\b/, "installs, or is this very run"],
  [
    /^npm run (verify|check|build|page|errors-page|proof|bench|coverage|knip)\b/,
    "CI runs it, or it takes minutes",
  ],
  [/^npx tsx /, "takes minutes; the file is looked up below"],
  [/^npx (vitest|@asyncapi\/cli) /, "another program"],
  [/postgres:\/\//, "needs a server: test/contract/event-log.test.ts has one"],
  [/ --standby( |$)/, "needs a server and a broker: test/system/standby.test.ts has both"],
  [
    /^tieline runner (slurm( |$)|effective-model --calculate )/,
    "needs a cluster, or is called on its nodes: npm run proof -- slurm has one",
  ],
  [
    /^(npm run -s )?tieline (gateway|conformance) /,
    "needs a device or an instrument: test/adapters/devices and test/adapters/conformance have them",
  ],
  [
    /^(npm run -s )?tieline (todo|tell)( |$)/,
    "needs a campaign of its own: test/contract/people.test.ts has one",
  ],
  [/^(npm run -s )?tieline mcp /, "serves an agent: test/system/mcp.test.ts is one"],
  [/\/etc\/mosquitto/, "writes where Mosquitto is: test/contract/who-may-say-what.test.ts"],
  [/<\w+>|\.\.\.|\[/, "a pattern, not a command"],
];
/** What goes on until it is stopped: it is started, waited for, and stopped. */
const ENDLESS = /^(runner (?!builtin --samples)|page |start (?!.*--until-done)|start$)/;
const BOUNDS = [
  ["--budget", 12],
  ["--seeds", 1],
] as const;
/** What these print holds no time and hangs on nothing but their files: it is shown to the letter. */
const EXACT = new Set(["structure", "suggest", "effective-model", "validate"]);
/** What each of these says when it does its work. */
const AT_WORK = /Page http|gateway\.connected/;
const OPERATES =
  /^(status|pause|resume|stop|abort|approve|reject|withdraw|start-campaign|propose|extend|reread|comment|emergency-stop)( |$)/;

const all = [
  ...documents(ROOT).flatMap((file) => commandsOfDocument(ROOT, file)),
  ...(await commandsOfHelp()),
];
const isNotRun = ({ line }: PrintedCommand): boolean =>
  NOT_RUN.some(([pattern]) => pattern.test(line));
const own = all.flatMap((one) => {
  const words = isNotRun(one) ? undefined : wordsOf(one.line);
  return words === undefined ? [] : [{ ...one, words, text: words.join(" ") }];
});
// The same line in two places runs once; a mention that lacks what the command must have is only looked up.
const seen = new Set<string>();
const printed = own.filter(({ text, words, isMention }) => {
  if (isMention === true && (isIncomplete(words) || words.length === 1)) return false;
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
});

let home: string;
let folder: string;
let daemon: { process: ChildProcess; broker: string; page: string; data: string };
const before = process.cwd();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "tieline-printed-"));
  folder = join(home, "examples");
  cpSync(join(ROOT, "examples"), folder, { recursive: true });
  for (const name of ["config", "simulators"])
    cpSync(join(ROOT, name), join(home, name), { recursive: true });
  const lab = readFileSync(join(folder, "lab.yaml"), "utf8");
  writeFileSync(join(folder, "lab.yaml"), lab.replace(/port: \d+/g, "port: 0"));
  writeFileSync(join(home, "default.yaml"), portless("config/default.yaml"));
  process.chdir(folder);
  daemon = await supervised();
  expect((await run(["start", "--until-done", "--speed", "3000", "--seed", "1"])).code).toBe(0);
  cpSync("data", join(home, "log/tieline"), { recursive: true });
});
afterAll(async () => {
  daemon.process.kill("SIGTERM");
  await once(daemon.process, "exit");
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

/** A configuration of the repository on ports that the system chooses, with a budget that a test can wait for. */
function portless(name: string): string {
  return readFileSync(join(ROOT, name), "utf8")
    .replace(/port: (1883|8080)/g, "port: 0")
    .replace(/webSocketPort: \d+/, "webSocketPort: 0")
    .replace(/budget: \d+/, "budget: 6")
    .replaceAll("silicon/", join(ROOT, "config/silicon/"));
}

/** The words as they run here: on free ports, in this test's folder, at its daemon's broker. */
function adapt(words: readonly string[]): string[] {
  const adapted = words.map((word) =>
    word
      .replace(/^\/tmp\//, `${home}/`)
      .replace(/^file:\/var\/lib\//, `file:${home}/log/`)
      .replace(/^\/var\/lib\//, `${home}/lib/`)
      .replace(/^examples\//, "")
      .replace(
        /^mqtt:\/\/(HOST|localhost|broker\.lab|127\.0\.0\.1|broker\.lab):1883$/,
        daemon.broker,
      ),
  );
  const at = adapted.indexOf("--config") + 1;
  const name = words[words.indexOf("--config") + 1] ?? "";
  if (at > 0 && /^(config|examples)\//.test(name)) {
    adapted[at] = join(home, name.replace("/", "/own-"));
    writeFileSync(adapted[at] ?? "", portless(name));
  }
  // Hours of a processor's time in the documents are seconds here.
  for (const [option, most] of BOUNDS) {
    const value = adapted.indexOf(option) + 1;
    if (value > 0) adapted[value] = String(Math.min(most, Number(adapted[value])));
  }
  const isOnDefault = ["start", "simulate"].includes(adapted[0] ?? "") && at === 0;
  return isOnDefault ? [...adapted, "--config", join(home, "default.yaml")] : adapted;
}

/** Runs a command to its end: a daemon as a process of its own, all else here. */
async function run(words: readonly string[]): Promise<{ code: number; text: string }> {
  const adapted = adapt(words);
  if (adapted[0] === "start") {
    const child = start(adapted);
    const [code] = (await once(child.process, "exit")) as [number | null];
    return { code: code ?? -1, text: child.text() };
  }
  const { code, out, err } = await tieline(...adapted);
  return { code, text: out + err };
}

function start(words: readonly string[]): { process: ChildProcess; text: () => string } {
  const child = spawn(process.execPath, [main, ...words], { cwd: folder });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk;
    });
  return { process: child, text: () => said };
}

describe("every command that is printed", () => {
  test("has an example in its help text", async () => {
    const shown = await commandsOfHelp();
    const missing = leaves().filter(
      (words) => !shown.some(({ line }) => line.startsWith(`tieline ${words.join(" ")} `)),
    );
    expect(missing).toEqual([]);
  });

  test("is known: commands, options, scripts and files; or it is another program", () => {
    const strange = all.filter((one) => !isNotRun(one) && wordsOf(one.line) === undefined);
    expect(strange.map(({ where, line }) => `${where}: ${line}`)).toEqual([]);
    for (const { where, line, words } of own)
      expect(strangersIn(words), `${where}: ${line}`).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const { where, line } of all) {
      const script = /^npm run (?:-s )?([\w-]+)/.exec(line)?.[1];
      if (script !== undefined) expect(scripts, `${where}: ${line}`).toHaveProperty(script);
      const file = /^npx tsx (\S+)/.exec(line)?.[1];
      if (file !== undefined) expect(existsSync(join(ROOT, file)), `${where}: ${line}`).toBe(true);
    }
  });

  const running = printed.filter(({ text }) => !OPERATES.test(text) && !/ --help/.test(text));
  const ending = running.filter(({ text }) => !ENDLESS.test(text));
  test.each(ending.map((one) => [one.where, one.line, one] as const))(
    "%s: %s",
    async (_where, _line, { words, shown }) => {
      const { code, text } = await run(words);
      expect(code, text).toBe(0);
      for (const line of shown.filter((one) => !/^(Broker|Page|Tieline runs)/.test(one)))
        expect(text).toMatch(likeShown(line, EXACT.has(words[0] ?? "")));
    },
    // Whole campaigns among them; what hangs is found all the same.
    300_000,
  );

  const endless = running.filter(({ text }) => ENDLESS.test(text));
  test.each(endless.map((one) => [one.where, one.line, one] as const))(
    "%s: %s (until it is at work)",
    async (_where, _line, { words }) => {
      const child = start(adapt(words));
      const isAtWork = (): boolean => AT_WORK.test(child.text());
      await until(() => isAtWork() || isOver(child.process), "work", 30_000);
      expect(isAtWork(), child.text()).toBe(true);
      child.process.kill("SIGTERM");
      if (!isOver(child.process)) await once(child.process, "exit");
    },
    300_000,
  );
});

const isOver = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** A line that a document shows; where it isn't exact any number stands for a number, since time and budgets differ here. */
function likeShown(line: string, isExact: boolean): RegExp {
  const escaped = line.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(isExact ? escaped : escaped.replace(/\d+/g, "\\d+").replace(/ +/g, " +"));
}

/** A daemon whose campaign waits for people. */
async function supervised(): Promise<typeof daemon> {
  const config = portless("config/default.yaml")
    .replace("approval: automatic", "approval: supervised")
    .replace("autoStart: true", "autoStart: false")
    .replace("budget: 6", "budget: 40");
  // A second one to be stopped: the first is aborted, and neither works on a campaign that is over.
  const [, first = ""] = /^campaigns:\n([\s\S]*)$/m.exec(config) ?? [];
  const second = first.replace("id: al-mg-zn", "id: second").replace("Start: false", "Start: true");
  writeFileSync(join(home, "supervised.yaml"), `${config.trimEnd()}\n${second}`);
  const data = join(home, "supervised");
  const words = ["--config", join(home, "supervised.yaml"), "--data", data, "--speed", "3000"];
  const child = start(["start", ...words]);
  await until(() => /Page http/.test(child.text()), "the page", 30_000);
  const broker = /Broker (mqtt:\/\/[^\s,]+)/.exec(child.text())?.[1] ?? "";
  const page = /Page (http:[^\s,]+)/.exec(child.text())?.[1] ?? "";
  return { process: child.process, broker, page, data };
}

const PHOTOGRAPH = join(import.meta.dirname, "../../docs/images/phone.png");

describe("the commands that operate a daemon", () => {
  const printedHere = printed.filter(({ text }) => OPERATES.test(text));
  // In the order of a campaign's life: what an earlier one brings about, a later one needs.
  const order = ["start-campaign", "status", "approve", "withdraw", "propose", "reread", "reject"];
  const last = ["comment", "extend", "pause", "resume", "stop", "abort", "emergency-stop"];

  test("are all in the list", () => {
    const names = new Set(printedHere.map(({ words }) => words[0]));
    expect(names).toEqual(new Set([...order, ...last]));
  });

  test.each([...order, ...last])("%s is heard", async (name) => {
    const named = printedHere.filter((one) => one.words[0] === name);
    // Points first: the others take what then waits.
    named.sort((a, b) => Number(/--points/.test(b.text)) - Number(/--points/.test(a.text)));
    for (const { line, words } of named) {
      // Watching goes on until Ctrl-C: it is the same command again and again.
      const watched = words.filter((word) => word !== "--watch");
      // Photographs are the reader's own.
      const adapted = watched.map((word) => word.replace(/^\w+\.jpg$/, PHOTOGRAPH));
      // Its campaign reads no patterns: it is refused, which test/contract/reread.test.ts is about.
      if (name === "reread") adapted[adapted.indexOf("fe-mg-ti")] = "al-mg-zn";
      if (name === "stop") adapted[adapted.indexOf("al-mg-zn")] = "second";
      const points = adapted.indexOf("--points") + 1;
      const job = adapted.indexOf("--job") + 1;
      if (points > 0) adapted[points] = (await waiting()).slice(0, 2).join(",");
      if (job > 0) adapted[job] = await measuredJob();
      if (name === "comment") adapted[adapted.indexOf("--campaign") + 1] = "al-mg-zn";
      if (adapted.includes("--photo")) adapted.push("--page", daemon.page);
      const { code, out, err } = await tieline(...adapted, "--broker", daemon.broker);
      // A number of a batch or a change that this campaign does not have is refused by the agent: heard all the same.
      const isOfAnother =
        adapted.includes("--batch") || adapted.includes("--change") || name === "reread";
      const answer = `${line}: ${out}${err}`;
      if (isOfAnother) expect(answer).toMatch(/: TL-3001: The daemon refused|done|sent|approved/);
      else expect(code, answer).toBe(0);
    }
  });
});

/** Ids of the points that wait for approval. */
async function waiting(): Promise<string[]> {
  for (;;) {
    const words = ["status", "--campaign", "al-mg-zn", "--json", "--broker", daemon.broker];
    const { out } = await tieline(...words);
    const { batch } = JSON.parse(out) as { batch?: { points?: { candidateId: string }[] } };
    const ids = (batch?.points ?? []).map(({ candidateId }) => candidateId);
    if (ids.length > 0) return ids;
    await wait(100);
  }
}

/** A job whose result is known. */
async function measuredJob(): Promise<string> {
  for (;;) {
    const { out } = await tieline(
      ...["export", "--format", "json", "--campaign", "al-mg-zn", "--data", daemon.data],
    );
    const { observations } = JSON.parse(out) as { observations: { jobId: string }[] };
    const job = observations.at(-1)?.jobId;
    if (job !== undefined) return job;
    await wait(100);
  }
}
