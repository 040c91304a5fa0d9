import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import { createSnapshotFile, SNAPSHOT_FILE } from "../../adapters/storage/snapshot-file.ts";
import { codeFingerprint } from "../../adapters/system/code-fingerprint.ts";
import { deflatePacker } from "../../adapters/system/deflate-packer.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { toPlain } from "../../src/core/plain.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import { createFoldCache, restoreSnapshot } from "../../src/replay/fold-cache.ts";
import { readExports } from "../../src/replay/read-exports.ts";
import { readLog } from "../../src/replay/read-log.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createCampaignIndex } from "../../src/runtime/campaign-index.ts";
import { createLab, type Lab } from "../../src/runtime/lab.ts";
import { saveLab } from "../../src/runtime/lab-snapshot.ts";
import { listJobs, locateJob, summariseCampaign } from "../../src/runtime/lab-status.ts";
import { bringBack, shelveFinished } from "../../src/runtime/shelf.ts";
import { createLabView, type LabView } from "../../src/views/lab-view.ts";
import { makeLargeLog } from "../benchmarks/make-large-log.ts";

const HISTORIES = ["default-kills", "left-unknown", "optimise-grows", "supervised"];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-snapshot-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function viewOf(lab: Lab): LabView {
  return createLabView({
    ...{ site: "s", agentId: "a", packer: deflatePacker },
    state: {
      campaignStatus: (id) => summariseCampaign(lab, id),
      locateJob: (id) => locateJob(lab, id),
      allJobs: (id) => listJobs(lab, id),
    },
  });
}

function start() {
  const lab = createLab(deflatePacker);
  return { lab, view: viewOf(lab), index: createCampaignIndex() };
}
type Folded = ReturnType<typeof start>;

async function fold({ lab, view, index }: Folded, log: EventLog, from: number, to: number) {
  for await (const event of log.read(from, to)) {
    applyEvent(lab, event);
    index.note(event);
    view.fold(event);
    for (const id of shelveFinished(lab)) view.shelve(id);
  }
}

/** A daemon that is started so often and told nothing: every campaign hears of it, packed or not. */
function restart({ lab, view, index }: Folded, times: number): void {
  for (let n = 0; n < times; n++) {
    const event: LabEvent = {
      position: lab.position + 1,
      time_ms: lab.time_ms + 1000,
      fact: {
        ...{ type: "daemon.started", agentId: "a", version: "0", instrumentLimits: {} },
        epoch: lab.epoch + 1,
      },
    };
    applyEvent(lab, event);
    index.note(event);
    view.fold(event);
    for (const id of shelveFinished(lab)) view.shelve(id);
  }
}

/** Everything that is known, with every campaign at hand: map by map, whatever the order in which they came. */
function everything({ lab, view }: Folded): unknown {
  for (const id of lab.specs.keys()) bringBack(lab, id);
  const { finished: _, ...rest } = saveLab(lab) as Record<string, unknown>;
  const shown = view.campaignIds.map((id) => [view.campaign(id), view.observations(id)]);
  return sorted({
    rest,
    shown: toPlain(shown),
    overview: toPlain(view.overview()),
    events: view.events(),
  });
}

/** The same machines in whatever order. */
function sorted(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      Array.isArray(one) && one.every((pair) => Array.isArray(pair) && typeof pair[0] === "string")
        ? [...one].sort((a: [string], b: [string]) => (a[0] < b[0] ? -1 : 1))
        : one,
    ),
  );
}

const openLog = (known?: Parameters<typeof openEventLog>[0]["known"]): Promise<EventLog> =>
  openEventLog({ address: folder, logger: silentLogger, readOnly: true, known });

describe("a snapshot is what the log would have given", () => {
  test.each(HISTORIES)("%s, taken anywhere and gone on from", async (name) => {
    const bytes = gunzipSync(
      readFileSync(join(import.meta.dirname, `../histories/${name}.jsonl.gz`)),
    );
    writeFileSync(join(folder, LOG_FILE), bytes);
    const log = await openLog();
    const last = log.lastPosition;
    const whole = start();
    await fold(whole, log, 1, last);
    const wanted = everything(whole);
    for (const share of [0.13, 0.5, 0.77, 1]) {
      const at = Math.floor(share * last);
      const before = start();
      await fold(before, log, 1, at);
      const text = JSON.stringify({
        lab: saveLab(before.lab),
        index: before.index.save(),
        view: before.view.save(),
      });
      const after = start();
      const mark = { position: at, digest: "" };
      restoreSnapshot(after, { mark, text, packed: new Map() });
      await fold(after, log, at + 1, last);
      expect(everything(after), `at ${at}`).toEqual(wanted);
    }
  });
});

describe("a log of many campaigns", () => {
  const EVENTS = 8_000;

  async function withSnapshot(): Promise<Folded> {
    const log = await openLog();
    const folded = start();
    await fold(folded, log, 1, EVENTS - 700);
    const store = createSnapshotFile(folder, codeFingerprint());
    // The mark of a log that ended there: the file cut to that length.
    const whole = readFileSync(join(folder, LOG_FILE));
    const lines = whole
      .toString("utf8")
      .split("\n")
      .slice(0, EVENTS - 700);
    writeFileSync(join(folder, LOG_FILE), `${lines.join("\n")}\n`);
    const cut = await openLog();
    const cache = createFoldCache({ folded, log: cut, store, logger: silentLogger, from: 0 });
    await cache.stop();
    writeFileSync(join(folder, LOG_FILE), whole);
    await fold(folded, log, EVENTS - 699, EVENTS);
    return folded;
  }

  test("finished ones are packed, and nothing that is asked differs", async () => {
    await makeLargeLog(folder, EVENTS, 3);
    const folded = await withSnapshot();
    expect(folded.lab.shelf?.packed.size).toBeGreaterThan(2);
    const plain = { ...start(), lab: createLab() };
    const view = viewOf(plain.lab);
    await fold({ ...plain, view }, await openLog(), 1, EVENTS);
    expect(plain.lab.shelf).toBeUndefined();
    const store = createSnapshotFile(folder, codeFingerprint());
    const found = await store.load();
    const again = start();
    expect(found).toBeDefined();
    if (found === undefined) return;
    const log = await openLog(found.mark);
    expect(log.knownThrough).toBe(EVENTS - 700);
    restoreSnapshot(again, found);
    await fold(again, log, EVENTS - 699, EVENTS);
    for (const one of [folded, again, { ...plain, view }]) restart(one, 6);
    const wanted = everything({ ...plain, view });
    expect(everything(again)).toEqual(wanted);
    expect(everything(folded)).toEqual(wanted);
  });

  test("an export of one campaign is the same with and without a snapshot, whatever became of the snapshot", async () => {
    await makeLargeLog(folder, EVENTS, 3);
    const options = { address: folder, site: "s", logger: silentLogger };
    const { exports } = await readLog(options);
    await withSnapshot();
    const path = join(folder, SNAPSHOT_FILE);
    const good = readFileSync(path);
    const flipped = Buffer.from(good);
    flipped[good.length >> 1] = (flipped[good.length >> 1] ?? 0) ^ 1;
    const other = Buffer.from(good.toString("latin1").replace(/"code":"./, '"code":"x'), "latin1");
    for (const bytes of [good, flipped, other, good.subarray(0, 500), Buffer.alloc(0)]) {
      writeFileSync(path, bytes);
      for (const campaignId of exports.campaignIds.filter(
        (_, k) => k % 9 === (bytes === good ? 0 : 1) && k < 10,
      )) {
        const indexed = await readExports({ ...options, campaignId });
        expect(indexed.campaignIds).toEqual(exports.campaignIds);
        expect(JSON.stringify(indexed.document(campaignId))).toBe(
          JSON.stringify(exports.document(campaignId)),
        );
      }
    }
  });

  test("a log that changed before the snapshot's end is not believed: it is read, and its damage told", async () => {
    await makeLargeLog(folder, EVENTS, 3);
    await withSnapshot();
    const found = await createSnapshotFile(folder, codeFingerprint()).load();
    const path = join(folder, LOG_FILE);
    const good = readFileSync(path);
    const bad = Buffer.from(good);
    bad[5_000] = (bad[5_000] ?? 0) ^ 1;
    writeFileSync(path, bad);
    await expect(openLog(found?.mark)).rejects.toMatchObject({ code: "TL-4004" });
    await makeLargeLog(folder, 300);
    expect((await openLog(found?.mark)).knownThrough).toBe(0);
  });
});
