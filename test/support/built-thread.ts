import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { builtMain } from "./built-program.ts";

/** Built before the first test of a file runs: nothing waits for it in the middle of one. */
const THREADS = resolve(await builtMain(), "../../threads");

/**
 * Stands in for `adapters/system/start-thread.ts` in tests (vitest.config.ts): the same thread out of the bundle starts in a tenth of the
 * processor time of one that reads the sources, and daemons start threads by the hundred.
 */
export function startThread(_from: string, name: string, workerData?: unknown): Worker {
  return new Worker(resolve(THREADS, `${name}.js`), { workerData });
}
