// npx tsx test/histories/recorder/write-expected.ts, after a build whose answers are the expectation.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { type HistoryReading, readHistory } from "../read-history.ts";

const FOLDER = join(import.meta.dirname, "..");
const ENDING = ".jsonl.gz";

const all: Record<string, HistoryReading> = {};
for (const file of readdirSync(FOLDER).sort()) {
  if (!file.endsWith(ENDING)) continue;
  const name = file.slice(0, -ENDING.length);
  const data = mkdtempSync(join(tmpdir(), "tieline-history-"));
  writeFileSync(join(data, "events.jsonl"), gunzipSync(readFileSync(join(FOLDER, file))));
  const argv = ["dist/src/main.js", "replay", "--verify", "--json", "--data", data];
  const printed: unknown = JSON.parse(execFileSync("node", argv, { encoding: "utf8" }));
  rmSync(data, { recursive: true });
  const read = await readHistory(FOLDER, name);
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(read.replay)), printed))
    throw new Error(`${name}: command line and library differ`);
  all[name] = read;
}
writeFileSync(join(FOLDER, "expected.json"), `${JSON.stringify(all, null, 2)}\n`);
