import { writeFile } from "node:fs/promises";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { LogLoss } from "../../src/events/event-log.ts";
import type { Acknowledged } from "./acknowledged-mark.ts";
import type { Scan } from "./scan-log.ts";

export interface EndOptions {
  readonly logger: Logger;
  readonly readOnly?: boolean | undefined;
  readonly acceptLoss?: boolean | undefined;
}

/**
 * What to do about an end that is not whole: what nobody was told about is cut off with a warning, what was acknowledged
 * is missed aloud. Returns the loss that a person accepted, or that a reader only looks at. TL-4007.
 */
export async function settleEnd(
  path: string,
  scan: Scan,
  acknowledged: Acknowledged | undefined,
  options: EndOptions,
): Promise<LogLoss | undefined> {
  const { position, torn, lost } = scan;
  const kept = `${path}.torn-after-${position}`;
  if (lost !== undefined && acknowledged !== undefined) {
    const loss = { after: position, through: acknowledged.position };
    const words = wordsOf(path, scan, acknowledged);
    if (options.readOnly !== true && options.acceptLoss !== true) {
      throw new LabError("TL-4007", words, { context: { file: path, ...loss } });
    }
    if (options.readOnly !== true && torn.length > 0) await writeFile(kept, torn.join("\n"));
    options.logger.error({ file: path, ...loss }, `eventLog.acknowledgedLost: ${words}`);
    return loss;
  }
  if (torn.length === 0) return undefined;
  if (options.readOnly !== true) await writeFile(kept, torn.join("\n"));
  const about = { file: path, position, lines: torn.length, kept };
  options.logger.warn(
    about,
    acknowledged === undefined
      ? "eventLog.tornTail: the end that is not whole was cut off; no mark beside the log tells whether it was acknowledged"
      : "eventLog.tornTail: the last, unfinished write was cut off; it was never acknowledged",
  );
  return undefined;
}

function wordsOf(path: string, scan: Scan, acknowledged: Acknowledged): string {
  if (scan.lost === "content") {
    return `The event log ${path} is not the one that was acknowledged: event ${acknowledged.position} is another`;
  }
  const first = scan.position + 1;
  const which =
    first === acknowledged.position
      ? `event ${first} is`
      : `events ${first} to ${acknowledged.position} are`;
  const how = scan.torn.length > 0 ? "damaged" : "missing";
  return `The event log ${path} has lost what was acknowledged: ${which} ${how} at its end`;
}
