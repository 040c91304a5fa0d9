import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { forgetChild } from "../../../adapters/runners/child-run.ts";
import { openCluster } from "../../../adapters/runners/cluster/open-cluster.ts";
import type { Logger } from "../../../src/core/logger.ts";

/**
 * A runner that is killed and started again: takes every job of a list through the cluster, so many at a time. A job is done once its
 * exit code lies beside it; one that was lost is begun anew. Arguments: folder, count, slots, pilots, slurmrestd's address where it is asked.
 */
const [folder = "", count = "0", slots = "1", pilots = "1", address] = process.argv.slice(2);
const line = (fields: object, event: string): void =>
  console.log(`${event} ${JSON.stringify(fields)}`);
const logger: Logger = { debug: line, info: line, warn: line, error: line, child: () => logger };
const cluster = openCluster({
  ...{ folder: join(folder, "cluster"), sbatch: ["--time=60"], pilots_max: Number(pilots) },
  rest: address === undefined ? undefined : { address, properties: { time_limit: 60 } },
  ...{ lifetime_s: 6, idle_s: 3, silence_ms: 15_000, logger },
});
// What counts how often a job was really done: the second one fails. It says whose job it was.
const WORK = 'mkdir "ran.$(date +%s%N)"; sleep 0.3; echo "$JOB" > result';
let next = 0;
await Promise.all(
  Array.from({ length: Number(slots) }, async () => {
    for (let k = next++; k < Number(count); k = next++) {
      const own = join(folder, "jobs", String(k));
      mkdirSync(own, { recursive: true });
      for (;;) {
        const end = await cluster.launch({
          ...{ command: ["bash", "-c", WORK], folder: own, environment: { JOB: String(k) } },
          ...{ signal: new AbortController().signal, onTick: () => {} },
        });
        if (end !== "lost") break;
        console.log(`lost ${k}`);
        forgetChild(own);
      }
    }
  }),
);
cluster.stop();
