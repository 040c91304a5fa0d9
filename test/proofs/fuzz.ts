import { MESSAGES, type MessageName } from "../../adapters/mqtt/contract.ts";
import { FuzzedLoop } from "./support/fuzzed-loop.ts";
import { optionOf } from "./support/options.ts";

const MESSAGES_SENT = 1_000_000;
/** So many come at once, and the next after so long by the laboratory's clock: 2500 a second, day and night. */
const AT_ONCE = 250;
const PAUSE_ms = 100;
/** Of the bytes that were sent, the log may keep this share: the first of a kind, numbers, and what the rates allow. */
const LOG_SHARE_MAX = 0.15;
/** A message that takes longer would hold up a stop behind it. */
const CPU_ms_max = 50;

/**
 * Messages on every topic of the contract: right, nearly right (fields deleted, renamed, doubled, of another type, extreme numbers,
 * long and strange texts, ids that were overheard or invented) and wrong from the first byte, at a rate that no laboratory has. Nothing
 * may be thrown, no message may hold up the loop, log and memory stay bounded; a stop among them is obeyed.
 */
export async function run(options: readonly string[] = []): Promise<boolean> {
  const wanted = Number(optionOf(options, "--messages") ?? MESSAGES_SENT);
  const loop = await FuzzedLoop.start(optionOf(options, "--seed") ?? "1");
  const names = Object.keys(MESSAGES) as MessageName[];
  let slowest_ms = 0;
  for (let sent = 0; sent < wanted; sent += AT_ONCE) {
    const before = process.cpuUsage();
    await loop.send(Array.from({ length: AT_ONCE }, (_, k) => names[(sent + k) % names.length]!));
    const { user, system } = process.cpuUsage(before);
    slowest_ms = Math.max(slowest_ms, (user + system) / 1000 / AT_ONCE);
    await loop.pass(PAUSE_ms);
  }
  const { thrown, sentBytes, logBytes, events, counts, instruments, stopsObeyed, stops } =
    loop.tally();
  for (const [what, n] of thrown) console.log(`THROWN ${n} times: ${what}`);
  const share = logBytes / sentBytes;
  console.log(
    `${wanted} messages on ${names.length} topics, ${(sentBytes / 1e6).toFixed(0)} MB: ${thrown.size} kinds of error thrown; ` +
      `${events} events, ${(logBytes / 1e6).toFixed(1)} MB (${(100 * share).toFixed(1)} %) in the log; ${instruments} instruments known`,
  );
  console.log(
    `what became of them: ${JSON.stringify(counts)}; slowest ${AT_ONCE}: ${slowest_ms.toFixed(2)} ms of CPU a message; ` +
      `heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB; ${stopsObeyed} of ${stops} stops announced`,
  );
  return (
    thrown.size === 0 && share < LOG_SHARE_MAX && slowest_ms < CPU_ms_max && stopsObeyed === stops
  );
}
