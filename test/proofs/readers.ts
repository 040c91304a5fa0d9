import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { framesDiffer, framesHere, type PeerFrame } from "./readers/compare-frames.ts";
import { type ReadColumn, tableHere, tablesDiffer } from "./readers/compare-tables.ts";
import { documentedDifference } from "./readers/documented.ts";
import { dumpFile } from "./readers/dump-files.ts";
import type { GeneratedFile } from "./readers/spellings.ts";
import { tableFile } from "./readers/table-files.ts";
import { xsfFile } from "./readers/xsf-files.ts";
import { xyzFile } from "./readers/xyz-files.ts";
import { optionOf } from "./support/options.ts";

const FILES = 20_000;
/** Half are tables, a quarter extended XYZ. */
const KINDS = [tableFile, xyzFile, tableFile, dumpFile, tableFile, xyzFile, tableFile, xsfFile];
const SHOWN_MAX = 20;

interface PeerAnswer {
  readonly frames?: readonly PeerFrame[];
  readonly columns?: readonly ReadColumn[];
  readonly refused?: string;
}

/** What has become of the files so far. */
interface Tally {
  same: number;
  refusedHere: number;
  refusedThere: number;
  readonly documented: Map<string, number>;
  readonly refusals: Map<string, number>;
  readonly faults: string[];
}

/**
 * Frames and tables that are valid and peculiar, one a seed, read here and by ASE and pandas (`PEER_PYTHON`): what one reader
 * says in an error is told; where both read, they read the same, or a page of the documentation names the difference.
 */
export async function run(options: readonly string[] = []): Promise<boolean> {
  const files = Number(optionOf(options, "--files") ?? FILES);
  const from = Number(optionOf(options, "--from") ?? 1);
  const keep = optionOf(options, "--keep");
  const folder = mkdtempSync(join(tmpdir(), "tieline-readers-"));
  const peer = startPeer();
  const tally: Tally = {
    ...{ same: 0, refusedHere: 0, refusedThere: 0, faults: [] },
    ...{ documented: new Map(), refusals: new Map() },
  };
  for (let seed = from; seed < from + files; seed++) {
    const file = KINDS[seed % KINDS.length]!(seed);
    const path = join(folder, file.name);
    writeFileSync(path, file.content);
    const answer = await peer.ask({ ...file.peer, path });
    const faults = tally.faults.length;
    await judge(file, path, answer, tally);
    if (tally.faults.length > faults && keep !== undefined) {
      mkdirSync(keep, { recursive: true });
      copyFileSync(path, join(keep, file.name));
    }
    rmSync(path);
  }
  peer.stop();
  rmSync(folder, { recursive: true });
  report(tally, files, from);
  return tally.faults.length === 0;
}

async function judge(
  file: GeneratedFile,
  path: string,
  answer: PeerAnswer,
  tally: Tally,
): Promise<void> {
  const isTable = file.peer["format"] === "table";
  const here = isTable ? tableHere(path) : await framesHere(path);
  if ("refused" in here) {
    tally.refusedHere++;
    const kind = here.refused
      .replace(/\S*tieline-readers\S*/g, "FILE")
      .replace(/\d+/g, "0")
      .slice(0, 110);
    tally.refusals.set(kind, (tally.refusals.get(kind) ?? 0) + 1);
    return;
  }
  if (answer.refused !== undefined) {
    tally.refusedThere++;
    const kind = `there: ${answer.refused}`.replace(/\d+/g, "0").slice(0, 110);
    tally.refusals.set(kind, (tally.refusals.get(kind) ?? 0) + 1);
    return;
  }
  const differences = isTable
    ? tablesDiffer(
        here.read as readonly ReadColumn[],
        answer.columns ?? [],
        String(file.peer["decimal"]),
      )
    : framesDiffer(here.read as Parameters<typeof framesDiffer>[0], answer.frames ?? []);
  if (differences.length === 0) {
    tally.same++;
    return;
  }
  const named = documentedDifference(file, differences);
  if (named !== undefined) tally.documented.set(named, (tally.documented.get(named) ?? 0) + 1);
  else tally.faults.push(`${file.name} (${file.marks.join("; ")}): ${differences.join("; ")}`);
}

function startPeer() {
  const script = join(import.meta.dirname, "readers/readers_peer.py");
  const python = process.env["PEER_PYTHON"] ?? "/tmp/venv-readers/bin/python";
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (job: object): Promise<PeerAnswer> => {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error("the peer has ended: see readers/readers_peer.py");
      return JSON.parse(value) as PeerAnswer;
    },
    stop: () => child.stdin.end(),
  };
}

function report(tally: Tally, files: number, from: number): void {
  for (const fault of tally.faults.slice(0, SHOWN_MAX)) console.log(`DIFFERENT ${fault}`);
  for (const [what, count] of tally.documented) console.log(`documented, ${count}: ${what}`);
  for (const [what, count] of [...tally.refusals].sort((a, b) => b[1] - a[1]).slice(0, SHOWN_MAX))
    console.log(`refused, ${count}: ${what}`);
  console.log(
    `${files} files from seed ${from}: ${tally.same} read alike, ${tally.refusedHere} refused here, ` +
      `${tally.refusedThere} only there, ${tally.faults.length} read otherwise without a word in the documentation`,
  );
}
