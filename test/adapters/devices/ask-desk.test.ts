import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AskDesk, createAskDesk } from "../../../adapters/devices/asked/ask-desk.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-desk-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ADA = { by: "ada", commandId: "c1", identity: "verified", note: "by eye" } as const;
const EVE = { by: "eve", commandId: "c2" };
const ATTEMPT = { instrumentId: "python-1", jobId: "map.1.s1", attempt: 2 };
const NEVER = { signal: new AbortController().signal };
const RESULT = { observations: [{ kind: "failure", reason: "it melted" }] } as const;

function begin(desk: AskDesk): ReturnType<AskDesk["instrument"]> {
  const device = desk.instrument("python-1", ["measure"]);
  const { jobId, attempt } = ATTEMPT;
  const job = { jobId, attempt, capability: "measure", parameters: {}, sampleIds: [] };
  void device.begin({ ...job, campaignId: "map", folder, held: false }, NEVER);
  return device;
}

test("who reported is kept with the result over a kill, for that attempt of that instrument alone", async () => {
  const desk = createAskDesk(folder);
  expect(desk.reporterOf(ATTEMPT)).toBeUndefined();
  begin(desk);
  expect(desk.open()).toMatchObject([ATTEMPT]);
  expect(await desk.report("map.2.s1", RESULT, ADA)).toBe(false);
  expect(await desk.report(ATTEMPT.jobId, RESULT, ADA)).toBe(true);
  expect(desk.reporterOf(ATTEMPT)).toEqual(ADA);

  const after = createAskDesk(folder);
  expect(after.reporterOf(ATTEMPT)).toEqual(ADA);
  expect(after.reporterOf({ ...ATTEMPT, attempt: 1 })).toBeUndefined();
  expect(after.reporterOf({ ...ATTEMPT, instrumentId: "furnace-1" })).toBeUndefined();
  const device = begin(after);
  await expect.poll(async () => await device.result?.(undefined as never, NEVER)).toEqual(RESULT);
  expect(after.open()).toEqual([]);
});

test("the same report again is as good as once and stays whose it was; another one comes too late", async () => {
  const desk = createAskDesk(folder);
  begin(desk);
  await desk.report(ATTEMPT.jobId, RESULT, ADA);
  expect(await desk.report(ATTEMPT.jobId, RESULT, EVE)).toBe(true);
  expect(await desk.report(ATTEMPT.jobId, { failed: "x", retryable: false }, EVE)).toBe(false);
  expect(desk.reporterOf(ATTEMPT)).toEqual(ADA);
});
