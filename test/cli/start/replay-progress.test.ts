import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configurationSchema } from "../../../config/schema.ts";
import { createReplayProgress } from "../../../src/cli/start/replay-progress.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { createDaemon } from "../../../src/daemon.ts";
import { makeLargeLog } from "../../benchmarks/make-large-log.ts";

test("a long log that is read at the start tells how far it is and what is left", () => {
  let now_ms = 0;
  let shown = "";
  const lines: object[] = [];
  const io = { out: () => {}, err: (text: string) => (shown += text), interactive: true };
  const logger = { ...silentLogger, info: (fields: object) => lines.push(fields) };
  const progress = createReplayProgress(io as never, logger as never, () => now_ms);
  for (let position = 1000; position <= 41_000; position += 1000) {
    progress.update(position, 100_000);
    now_ms += 1000;
  }
  progress.finish();
  expect(lines).toEqual([
    { position: 11_000, last: 100_000, left: "1 min 29 s" },
    { position: 21_000, last: 100_000, left: "1 min 19 s" },
    { position: 31_000, last: 100_000, left: "1 min 9 s" },
    { position: 41_000, last: 100_000, left: "59 s" },
  ]);
  expect(shown).toMatch(/Reading the log .*1000\/100000/);
});

test("a start on a log without a snapshot tells it as it goes; the next one, with a snapshot, has nothing to tell", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-replay-"));
  await makeLargeLog(folder, 6_000);
  const start = async (): Promise<number[]> => {
    const told: number[] = [];
    const daemon = await createDaemon({
      configuration: configurationSchema.parse({ version: 1, broker: { port: 0 } }),
      campaigns: [],
      log: folder,
      folder,
      logger: silentLogger,
      onReplay: (position, last) => {
        expect(last).toBeGreaterThanOrEqual(6_000);
        told.push(position);
      },
      onFatal: () => {},
    });
    await daemon.start();
    await daemon.stop();
    return told;
  };
  try {
    expect(await start()).toEqual([1000, 2000, 3000, 4000, 5000, 6000]);
    expect(await start()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
