import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { CHECKSUM_START, writeLine } from "../../adapters/storage/event-line.ts";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import type { EventDraft } from "../../src/events/lab-event.ts";

/** A recorded campaign of 630 events without kills: of such ones a laboratory's years consist. */
const HISTORY = "coexistence-noise";

/**
 * Writes a log of so many events: a recorded campaign again and again, each time under names of its own, and a daemon
 * that is started again once in `campaignsPerStart` of them. Returns the name of a
 * campaign in its middle.
 */
export async function makeLargeLog(
  folder: string,
  events: number,
  campaignsPerStart = 20,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const out = createWriteStream(join(folder, LOG_FILE));
  const { lines, campaignId, span_ms } = readHistory(HISTORY);
  let position = 0;
  let before = CHECKSUM_START;
  let middle = "";
  let shift_ms = 0;
  for (let round = 0; position < events; round++) {
    const name = `${campaignId}-${round}`;
    if (position < events / 2) middle = name;
    for (const line of lines) {
      if (position >= events) break;
      const renamed = line
        .replaceAll(campaignId, name)
        .replaceAll(/"bootId":"/g, `"bootId":"${round}-`);
      const { t, fact } = JSON.parse(renamed) as { t: number; fact: EventDraft["fact"] };
      if (fact.type === "daemon.started" && round % campaignsPerStart !== 0) continue;
      position += 1;
      const written = writeLine(
        { time_ms: t + shift_ms, fact },
        { position, group: position, before },
      );
      before = written.crc;
      if (!out.write(written.text)) await once(out, "drain");
    }
    shift_ms += span_ms;
  }
  out.end();
  await finished(out);
  return middle;
}

interface Recorded {
  readonly lines: readonly string[];
  readonly campaignId: string;
  readonly span_ms: number;
}

function readHistory(name: string): Recorded {
  const path = join(import.meta.dirname, `../histories/${name}.jsonl.gz`);
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  const parsed = lines.map(
    (line) => JSON.parse(line) as { t: number; fact: { spec?: { campaignId: string } } },
  );
  const campaignId =
    parsed.find(({ fact }) => fact.spec !== undefined)?.fact.spec?.campaignId ?? "";
  const [first, last] = [parsed[0], parsed.at(-1)];
  return { lines, campaignId, span_ms: (last?.t ?? 0) - (first?.t ?? 0) + 60_000 };
}
