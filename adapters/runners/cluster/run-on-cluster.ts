import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { shellQuote } from "../../system/shell-quote.ts";
import { writeWhole } from "../../system/write-whole.ts";
import type { ChildEnd, ChildTask } from "../child-run.ts";
import { WorkFolder } from "./work-folder.ts";

const TICK_ms = 250;

/**
 * As `runChild`, on a node of a cluster: the command is offered to the pilots under a name that is noted beside the job before it is
 * offered, and its exit code is kept beside the job before it is forgotten there. Called again with the same folder it waits on.
 * `lost`: the pilot that had it is gone.
 */
export async function runOnCluster(work: WorkFolder, task: ChildTask): Promise<ChildEnd> {
  const { folder, signal } = task;
  const kept = keptEnd(folder);
  if (kept !== undefined) return kept;
  const note = join(folder, "cluster-work");
  if (!existsSync(note)) {
    if (signal.aborted) return "aborted";
    writeWhole(note, WorkFolder.freshName());
  }
  const name = readFileSync(note, "utf8");
  if (!work.wasOffered(name)) work.offer(name, scriptOf(task));
  const end = await endOf(work, name, task);
  if (end !== "lost" && end !== "aborted") writeWhole(join(folder, "exit"), String(end.code));
  rmSync(note, { force: true });
  work.forget(name);
  return signal.aborted ? "aborted" : end;
}

async function endOf(
  work: WorkFolder,
  name: string,
  { folder, signal, onTick }: ChildTask,
): Promise<ChildEnd> {
  let isStopping = false;
  for (;;) {
    const end = work.end(name) ?? keptEnd(folder);
    if (end !== undefined) return end;
    if (signal.aborted && !isStopping) {
      if (work.withdraw(name)) return "aborted";
      work.stop(name);
      isStopping = true;
    }
    onTick();
    await new Promise((resolve) => setTimeout(resolve, TICK_ms));
  }
}

function keptEnd(folder: string): { readonly code: number } | undefined {
  const exit = join(folder, "exit");
  return existsSync(exit) ? { code: Number(readFileSync(exit, "utf8")) } : undefined;
}

function scriptOf({ command, folder, environment }: ChildTask): string {
  const exports = Object.entries(environment).map(
    ([name, value]) => `export ${name}=${shellQuote(value)}`,
  );
  return [
    `cd ${shellQuote(folder)} || exit 127`,
    ...exports,
    `exec ${command.map(shellQuote).join(" ")} > screen.txt 2>&1`,
    "",
  ].join("\n");
}
