import { createPrng } from "../../src/core/prng.ts";
import { ConsentWorld } from "./support/consent-world.ts";

/**
 * Attempts to start what nobody approved, or while a stop is active, or past a limit that people have changed meanwhile:
 * approvals of old, future, misspelt and shown batches, by hand and in part, expired, outside the hours; clears by strangers,
 * instruments, brokers, of yesterday and said twice; wider limits approved by their own author; clocks that step, restarts,
 * results of strangers. The daemon's own machines and rules run; an oracle keeps the books from what was shown and said.
 */
const ATTEMPTS = 1_000_000;
/** Acts in one laboratory. */
const ACTS = 300;

export async function run(args: readonly string[] = []): Promise<boolean> {
  const wanted = Number(args[0] ?? ATTEMPTS);
  const sum = { attempts: 0, starts: 0, worlds: 0, stopped: 0, approved: 0, cleared: 0 };
  const breaches: string[] = [];
  const from_ms = performance.now();
  while (sum.attempts < wanted && breaches.length < 10) {
    const seed = `consent/${sum.worlds++}`;
    const world = new ConsentWorld(createPrng(seed));
    for (let k = 0; k < ACTS; k++) world.act();
    sum.attempts += ACTS;
    sum.starts += world.tally.starts;
    sum.stopped += world.tally.stops;
    sum.approved += world.tally.approvals;
    sum.cleared += world.tally.clears;
    breaches.push(...world.breaches.map((breach) => `seed ${seed}: ${breach}`));
  }
  for (const breach of breaches) console.log(`BREACH ${breach}`);
  const seconds = ((performance.now() - from_ms) / 1000).toFixed(0);
  console.log(
    `${sum.attempts} attempts in ${sum.worlds} laboratories: ${sum.starts} starts, ${sum.approved} approvals that counted, ` +
      `${sum.stopped} stops, ${sum.cleared} clears that counted; ${breaches.length} starts without consent, during a stop or past a limit (${seconds} s)`,
  );
  // Books in which nothing is ever allowed would prove nothing.
  return breaches.length === 0 && sum.starts > sum.attempts / 100 && sum.cleared > 0;
}
