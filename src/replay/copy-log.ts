import { createHash } from "node:crypto";
import { openEventLog, shownAddress } from "../../adapters/storage/open-event-log.ts";
import { LabError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { EventLog } from "../events/event-log.ts";
import type { LabEvent } from "../events/lab-event.ts";

export interface CopyOptions {
  readonly from: string;
  readonly to: string;
  readonly logger: Logger;
  readonly onProgress?: ((position: number, of: number) => void) | undefined;
}

/** What was copied: the digest is that of every position, time and fact, in order, read back from the copy. */
export interface CopiedLog {
  readonly events: number;
  readonly sha256: string;
}

const GROUP = 1000;

/**
 * Copies a log, whatever keeps it, into one that is empty or the beginning of the same log (a copy that was interrupted), and
 * reads it back. TL-4008 where the target holds something else, or what is read back is not what was written.
 */
export async function copyLog(options: CopyOptions): Promise<CopiedLog> {
  const { logger } = options;
  const from = await openEventLog({ address: options.from, logger, readOnly: true });
  try {
    const to = await openEventLog({ address: options.to, logger });
    try {
      await refuseOther(from, to, options);
      await copyRest(from, to, options);
      const { lastPosition } = from;
      const [wanted, found] = [
        await digestOf(from, lastPosition),
        await digestOf(to, lastPosition),
      ];
      if (wanted !== found || to.lastPosition !== lastPosition)
        throw differs(options, `read back, it is not the log of ${shownAddress(options.from)}`);
      return { events: lastPosition, sha256: found };
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyRest(from: EventLog, to: EventLog, { onProgress }: CopyOptions): Promise<void> {
  let group: LabEvent[] = [];
  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    await to.append(group.map(({ time_ms, fact }) => ({ time_ms, fact })));
    onProgress?.(to.lastPosition, from.lastPosition);
    group = [];
  };
  for await (const event of from.read(to.lastPosition + 1)) {
    group.push(event);
    if (group.length === GROUP) await flush();
  }
  await flush();
}

async function refuseOther(from: EventLog, to: EventLog, options: CopyOptions): Promise<void> {
  const there = to.lastPosition;
  if (there === 0) return;
  const isBeginning =
    there <= from.lastPosition && (await digestOf(from, there)) === (await digestOf(to, there));
  if (!isBeginning) throw differs(options, "it holds another log already");
}

function differs({ to }: CopyOptions, why: string): LabError {
  return new LabError("TL-4008", `The log was not copied to ${shownAddress(to)}: ${why}`);
}

async function digestOf(log: EventLog, through: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const { position, time_ms, fact } of log.read(1, through))
    hash.update(`${JSON.stringify([position, time_ms, fact])}\n`);
  return hash.digest("hex");
}
