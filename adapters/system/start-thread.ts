import { Worker } from "node:worker_threads";
import { packagedEntry } from "./start-process.ts";

/**
 * Starts the thread `name` (a file name without ending) that lies beside the module `from` (its `import.meta.url`); in the package
 * every thread lies in one folder. From the sources, in development and tests, the thread first learns to read TypeScript.
 */
export function startThread(from: string, name: string, workerData?: unknown): Worker {
  if (!from.endsWith(".ts")) return new Worker(packagedEntry(from, name), { workerData });
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const entry = JSON.stringify(new URL(`./${name}.ts`, from).href);
  const code = `import(${loader}).then(({ register }) => { register(); return import(${entry}); })`;
  return new Worker(code, { eval: true, workerData });
}
