import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { MARK_FILE } from "../../adapters/storage/acknowledged-mark.ts";
import { LOG_FILE, openFileEventLog } from "../../adapters/storage/file-event-log.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import { createPrng, type Prng } from "../../src/core/prng.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import { optionOf } from "./support/options.ts";

/** What a writer said on its standard output, one JSON object a line. */
interface Said {
  readonly what: "held" | "acknowledged" | "ended" | "refused";
  /** Of the machine's one clock, which all namespaces share, ns. */
  readonly at: string;
  readonly position?: number;
  readonly code?: string;
}

/**
 * `npm run proof -- log-races [--races 200] [--seed 1]`: several processes, each in a pid namespace of its own as in a container,
 * open one folder at once and write; half of them die by SIGKILL with the log in hand. Then logs are damaged: flipped bits,
 * cut lines, a full disk, a sync that fails. Counts two writers at a time, acknowledged events that are gone, and losses
 * that nothing told.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const races = Number(optionOf(options, "--races") ?? 200);
  const prng = createPrng(`log races ${optionOf(options, "--seed") ?? "1"}`);
  const home = mkdtempSync(join(tmpdir(), "tieline-races-"));
  try {
    const writer = await bundleWriter(home);
    const raced = await race(writer, join(home, "races"), races, prng);
    const damaged = await damage(join(home, "damage"), races, prng);
    const failing = await failingDisk(writer, join(home, "failing"));
    return raced && damaged && failing;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function bundleWriter(folder: string): Promise<string> {
  const outfile = join(folder, "writer.mjs");
  const entryPoints = [join(import.meta.dirname, "support/log-writer.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm" });
  return outfile;
}

/** A namespace of its own where this user may make one; elsewhere plain processes, and the proof says so. */
const UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] as const;
const mayUnshare = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), "true"]).status === 0;

function startWriter(
  writer: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess {
  const command = [process.execPath, writer, ...args];
  const [first = "", ...rest] = mayUnshare ? [...UNSHARE, ...command] : command;
  return spawn(first, rest, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
}

async function saidBy(child: ChildProcess): Promise<Said[]> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, "close");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Said);
}

async function race(writer: string, folder: string, races: number, prng: Prng): Promise<boolean> {
  let [holders, refused, overlapping, lost] = [0, 0, 0, 0];
  let acknowledged = 0;
  for (let k = 0; k < races; k++) {
    const count = 2 + Math.floor(prng.next() * 3);
    const writers = Array.from({ length: count }, (_, n) =>
      startWriter(writer, [folder, `${k}.${n}`, "12", prng.next() < 0.5 ? "die" : "close"]),
    );
    const said = await Promise.all(writers.map(saidBy));
    const held = said.filter((one) => one.some(({ what }) => what === "held"));
    holders += held.length;
    refused += said.filter((one) => one.some(({ code }) => code === "TL-4005")).length;
    overlapping += overlaps(held);
    const told = said.flat().filter(({ what }) => what === "acknowledged");
    acknowledged += told.length;
    const there = new Set((await readAll(folder)).map(({ position }) => position));
    lost += told.filter(({ position = 0 }) => !there.has(position)).length;
    lost += told.length - new Set(told.map(({ position }) => position)).size;
  }
  const where = mayUnshare ? "in pid namespaces" : "WITHOUT namespaces (no right to make them)";
  console.log(
    `${races} races ${where}: ${holders} holders, ${refused} refused, ${overlapping} at the same time; ` +
      `${acknowledged} events acknowledged, ${lost} of them lost or given twice`,
  );
  return overlapping === 0 && lost === 0 && holders >= races;
}

/** Pairs of holders whose times overlap: from the log in hand to the last acknowledgement. */
function overlaps(held: readonly (readonly Said[])[]): number {
  const times = held
    .map((said) => said.map(({ at }) => BigInt(at)))
    .map((at) => ({ from: at[0] ?? 0n, to: at.at(-1) ?? 0n }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  return times.filter(({ from }, k) => k > 0 && from < (times[k - 1]?.to ?? 0n)).length;
}

/** Bits flipped and bytes cut anywhere in a log of thirty acknowledged events: opened, refused or told, never silently shorter. */
async function damage(folder: string, trials: number, prng: Prng): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  const log = await openFileEventLog({ folder, logger: silentLogger });
  for (let n = 0; n < 10; n++) await log.append([draftOf(n), draftOf(n), draftOf(n)]);
  await log.close();
  const path = join(folder, LOG_FILE);
  const mark = readFileSync(join(folder, MARK_FILE));
  const good = readFileSync(path);
  const codes: Record<string, number> = {};
  let silent = 0;
  for (let k = 0; k < 2 * trials; k++) {
    const at = Math.floor(prng.next() * good.length);
    const bad = Buffer.from(k < trials ? good : good.subarray(0, at));
    if (k < trials) bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(prng.next() * 8));
    writeFileSync(path, bad);
    writeFileSync(join(folder, MARK_FILE), mark);
    const told = await outcome(folder);
    codes[told] = (codes[told] ?? 0) + 1;
    if (told === "opened, shorter, nothing told") silent += 1;
  }
  console.log(`${trials} flipped bits, ${trials} cuts: ${JSON.stringify(codes)}`);
  return silent === 0;
}

async function outcome(folder: string): Promise<string> {
  const words: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_, text) => void words.push(text) };
  try {
    const log = await openFileEventLog({ folder, logger });
    const { lastPosition } = log;
    await log.close();
    if (lastPosition === 30) return "opened, whole";
    return words.length > 0 ? "opened, told" : "opened, shorter, nothing told";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

/** A disk that is full, and one whose sync fails: what was acknowledged is there afterwards. */
async function failingDisk(writer: string, folder: string): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  let isRight = true;
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tieline-proof", folder]);
  if (mounted.status === 0) {
    try {
      isRight = await tellsAndKeeps(writer, folder, "a full disk", {});
    } finally {
      spawnSync("umount", [folder]);
    }
  } else console.log("a full disk: LEFT OUT, no right to mount a small one");
  const library = failingSync(join(folder, ".."));
  if (library === undefined) console.log("a failing sync: LEFT OUT, no C compiler");
  else {
    const env = { LD_PRELOAD: library, FAIL_AFTER: "40" };
    isRight = (await tellsAndKeeps(writer, join(folder, "sync"), "a failing sync", env)) && isRight;
  }
  return isRight;
}

async function tellsAndKeeps(
  writer: string,
  folder: string,
  name: string,
  env: Record<string, string>,
): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  const said = await saidBy(startWriter(writer, [folder, "f", "100000", "close", "900"], env));
  const told = said.filter(({ what }) => what === "acknowledged");
  const there = new Set((await readAll(folder)).map(({ position }) => position));
  const lost = told.filter(({ position = 0 }) => !there.has(position)).length;
  const code = said.find((one) => one.code !== undefined)?.code;
  console.log(`${name}: ${code}; ${told.length} events acknowledged, ${lost} lost`);
  return code === "TL-4003" && lost === 0 && told.length > 0;
}

/** A library that lets `fdatasync` fail with EIO after so many calls, as a dying disk does. */
function failingSync(folder: string): string | undefined {
  const source = join(folder, "failing-sync.c");
  const library = join(folder, "failing-sync.so");
  writeFileSync(
    source,
    `#define _GNU_SOURCE
#include <errno.h>
#include <dlfcn.h>
#include <stdlib.h>
static int calls = 0;
int fdatasync(int fd) {
  const char *after = getenv("FAIL_AFTER");
  if (after && ++calls > atoi(after)) { errno = EIO; return -1; }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
`,
  );
  const made = spawnSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
  return made.status === 0 ? library : undefined;
}

async function readAll(folder: string): Promise<LabEvent[]> {
  const log = await openFileEventLog({ folder, logger: silentLogger, readOnly: true });
  const events: LabEvent[] = [];
  for await (const event of log.read()) events.push(event);
  await log.close();
  return events;
}

const draftOf = (n: number) => ({
  time_ms: n,
  fact: { type: "timer.fired" as const, timerId: `proof/${n}` },
});
