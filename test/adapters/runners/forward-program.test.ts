import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { runChild } from "../../../adapters/runners/child-run.ts";
import { createForwardProgram } from "../../../adapters/runners/forward-program.ts";
import {
  calculateFolder,
  createLaunchedForward,
} from "../../../adapters/runners/launched-forward.ts";
import { requestParameters } from "../../../src/domain/forward-request.ts";

const program = createForwardProgram();
afterEach(() => program.stop?.());

const request = requestParameters({
  ...{ spins: 2, spin: 0.5, g: 2.08, bonds: [{ i: 0, j: 1, coupling: "J1" }] },
  couplings: { J1: { min: -20, max: 20 } },
  curves: [{ T: 1.5, H: [0, 10, 20], m: [0, 0, 0] }],
});

function run(parameters: Record<string, number | string>, signal = new AbortController().signal) {
  return program.run({ ...job(parameters), onProgress: () => {}, signal });
}

function job(parameters: Record<string, number | string>) {
  const about = { capability: "forward", sampleIds: [], folder: "/nowhere", held: false };
  return { jobId: "j", attempt: 1, parameters, ...about };
}

test("couplings, cluster and points in: curves, their derivatives and the gap out", async () => {
  const outcome = await run({ J1: -2, ...request });
  const found = "observations" in outcome ? outcome.observations : [];
  expect(found.map((one) => "name" in one && one.name)).toEqual([
    "magnetisation",
    "magnetisation by J1",
    "spinGap",
  ]);
  const gap = found.find((one) => one.kind === "objective");
  expect(gap?.kind === "objective" && gap.value).toBeCloseTo(2, 10);
});

test("a wrong request fails for good with the reason; the next calculation is not harmed", async () => {
  const bad = await run({ J1: -99, ...request });
  expect(bad).toMatchObject({ retryable: false });
  expect("failed" in bad && bad.failed).toMatch(/J1 = -99 is not within -20 \.\. 20/);
  expect(await run({ J1: 1, request: "{" })).toMatchObject({
    failed: expect.anything(),
    retryable: false,
  });
  expect(await run({ J1: -2, ...request })).toHaveProperty("observations");
});

test("what is cancelled ends at once and may be tried again", async () => {
  const abort = new AbortController();
  const outcome = run({ J1: -2, ...request }, abort.signal);
  abort.abort("cancelled");
  expect(await outcome).toMatchObject({ failed: "cancelled", retryable: true });
});

test("set points that are no calculation are refused before it begins", () => {
  expect(program.refuse?.(job({ J1: -2 }))).toMatch(/request/);
  expect(program.refuse?.(job({ J1: "two", ...request }))).toMatch(/J1 is no number/);
  expect(program.refuse?.(job({ J1: -2, ...request }))).toBeUndefined();
});

test("launched as a program of its own it gives the same, through files of the job's folder", async () => {
  const launched = (launch: Parameters<typeof createLaunchedForward>[0]["launch"]) =>
    createLaunchedForward({ command: ["tieline"], launch, refuse: () => undefined });
  const commands: string[][] = [];
  const inPlace = launched(async ({ command, folder }) => {
    commands.push([...command]);
    calculateFolder(folder);
    return { code: 0 };
  });
  const runThere = (
    task: ReturnType<typeof launched>,
    parameters: Record<string, number | string>,
  ) => {
    const folder = mkdtempSync(join(tmpdir(), "tieline-forward-"));
    const signal = new AbortController().signal;
    return task.run({ ...job(parameters), folder, onProgress: () => {}, signal });
  };
  expect(await runThere(inPlace, { J1: -2, ...request })).toEqual(
    await run({ J1: -2, ...request }),
  );
  expect(commands[0]?.slice(0, 4)).toEqual(["tieline", "runner", "effective-model", "--calculate"]);
  expect(await runThere(inPlace, { J1: -99, ...request })).toMatchObject({ retryable: false });
  // A node without the program, and one that goes down each time.
  const broken = launched((task) => runChild({ ...task, command: ["false"] }));
  expect(await runThere(broken, { J1: -2, ...request })).toMatchObject({ retryable: true });
  let beginnings = 0;
  const lost = launched(async () => {
    beginnings += 1;
    return "lost";
  });
  expect(await runThere(lost, { J1: -2, ...request })).toMatchObject({ retryable: true });
  expect(beginnings).toBe(3);
});
