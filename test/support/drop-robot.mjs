/**
 * A robot behind a folder (`kind: folder`): `drop-robot.mjs FOLDER WORK_MS LEDGER`. It takes one job at a time by moving its file, works, and
 * answers. What it had taken when it was switched off it finishes when it is on again, as a robot does that finds a plate on its deck.
 */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const [folder, work_ms, ledger] = process.argv.slice(2);
const [jobs, taken, results] = ["jobs", "taken", "results"].map((name) => join(folder, name));
for (const one of [jobs, taken, results]) mkdirSync(one, { recursive: true });
const whole = (name) => name.endsWith(".json");

console.log('{"listening":"files"}');
for (;;) {
  const [going] = readdirSync(taken).filter(whole);
  const [next] = going === undefined ? readdirSync(jobs).filter(whole) : [];
  if (going !== undefined) await finish(going);
  else if (next !== undefined) take(next);
  else await wait(50);
}

function take(name) {
  try {
    renameSync(join(jobs, name), join(taken, name));
  } catch {
    return; // withdrawn in between
  }
  const { jobId, attempt } = JSON.parse(readFileSync(join(taken, name), "utf8"));
  appendFileSync(ledger, `${JSON.stringify({ jobId, taskId: String(attempt) })}\n`);
}

async function finish(name) {
  await wait(Number(work_ms));
  const file = join(results, name);
  writeFileSync(`${file}.part`, '{"observations":[]}');
  renameSync(`${file}.part`, file);
  rmSync(join(taken, name));
}
