import { runSwarm } from "../../../simulators/run/run-swarm.ts";

/** Runs the seeds that are named and prints the first thing that is wrong; ends with 1 there. For one mutated bundle. */
for (const seed of process.argv.slice(2)) {
  try {
    const { finished, violations } = await runSwarm({ seed });
    const first = violations[0];
    const what =
      first === undefined
        ? finished
          ? undefined
          : "the campaign does not end"
        : `${first.checker}: ${first.detail}`;
    if (what === undefined) continue;
    console.log(`seed ${seed}: ${what}`);
  } catch (error) {
    console.log(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.exit(1);
}
process.exit(0);
