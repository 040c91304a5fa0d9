import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { referTo } from "../../adapters/frames/data-reference.ts";
import { newLab, places } from "../support/limited-daemon.ts";
import type { StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const SILICON = resolve(import.meta.dirname, "../../config/silicon");
const outside = mkdtempSync(join(tmpdir(), "tieline-outside-"));
const shared = mkdtempSync(join(tmpdir(), "tieline-shared-"));
afterAll(() => {
  for (const folder of [outside, shared]) rmSync(folder, { recursive: true, force: true });
});

const BODY = `files: { roots: [${shared}], bytes_max: 100000000 }
campaigns:
  - id: c1
    goal: structure-map
    autoStart: true
    budget: 20
    inFlight: 1
    failuresInARow_max: 100
    space: { kind: grid, axes: [{ name: temperature_K, min: 300, max: 1200, step: 20 }] }
    recipe: [{ capability: quench, parameters: { temperature_K: { axis: temperature_K } }, repeatable: true, retries: 0 }]
    model: { structureModel: ${SILICON}/model.json }
`;

const QUENCH = {
  id: "md-1",
  capabilities: [
    {
      name: "quench",
      parameters: { temperature_K: { unit: "K", min: 0, max: 3000 } },
      results: ["trajectory"],
      repeatable: true,
      expectedDuration_s: 1,
    },
  ],
};

const SECRET = "correct horse battery staple";
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const SHA = digest(SECRET);

interface Claim {
  readonly uri: string;
  readonly sha256?: string;
  readonly bytes?: number;
}

/** Every bad reference, and the words that tell why it is refused. */
function badReferences(data: string): [Claim, RegExp][] {
  const uri = (...path: string[]): string => pathToFileURL(join(...path)).href;
  const write = (folder: string, name: string): Claim => {
    writeFileSync(join(folder, name), SECRET);
    return { uri: uri(folder, name), sha256: SHA, bytes: SECRET.length };
  };
  mkdirSync(join(data, "folder"));
  execFileSync("mkfifo", [join(data, "pipe")]);
  symlinkSync("/dev/zero", join(data, "zero"));
  const secret = write(outside, "secret");
  symlinkSync(join(outside, "secret"), join(data, "link"));
  symlinkSync(outside, join(data, "away"));
  writeFileSync(join(data, "huge"), "");
  truncateSync(join(data, "huge"), 2 ** 40);
  const own = write(data, "note.xyz");
  const away = /lies outside of the folders that may be read/;
  return [
    [{ uri: "file:///dev/zero" }, away],
    [{ uri: uri(data, "zero") }, away],
    [secret, away],
    [{ ...secret, uri: uri(data, "link") }, away],
    [{ ...secret, uri: uri(data, "away", "secret") }, away],
    [{ ...secret, uri: `${uri(data)}/../${outside.split("/").at(-1)}/secret` }, away],
    [{ uri: uri(outside, "not-there") }, away],
    [{ uri: uri(data, "pipe") }, /is no regular file/],
    [{ uri: uri(data, "folder") }, /is no regular file/],
    [{ uri: uri(data, "huge"), bytes: 2 ** 40 }, /has more than 100000000 bytes/],
    [{ uri: uri(data, "not-there") }, /cannot be read/],
    [{ uri: "file://elsewhere/share/run.xyz" }, /no address of a file of this machine/],
    [{ uri: "https://example.org/run.xyz" }, /only file: references can/],
    [{ ...own, bytes: 3 }, /has not the 3 bytes that were announced/],
    [{ ...own, sha256: "0".repeat(64) }, /has not the announced checksum/],
    // Announced rightly, and no trajectory: its words are nobody's business.
    [own, /a file's format is not known \(TL-7004\)/],
  ];
}

test("trajectories are regular files below the configured folders; what is not is refused at once, and nothing of it told", {
  timeout: 60_000,
}, async () => {
  const lab = newLab();
  await lab.start(places()[0] as never, BODY);
  const bad = badReferences(lab.folder);
  const runner = await lab.add({ ...QUENCH, measure: () => undefined });
  const report = async (n: number, { uri, sha256 = SHA, bytes = 4 }: Claim): Promise<number> => {
    await until(() => runner.started.length === n + 1, `start ${n} (${uri})`);
    const begin_ms = performance.now();
    const frames = { uri, sha256, bytes, format: "extxyz" };
    runner.finish(runner.started[n] as StartCommand, [{ kind: "trajectory", frames }]);
    await until(() => runner.acknowledged.length === n + 1, `the ack of ${uri}`);
    return performance.now() - begin_ms;
  };
  const reasons: string[] = [];
  const took_ms: number[] = [];
  for (const [n, [claim]] of bad.entries()) took_ms.push(await report(n, claim));
  let log = "";
  for await (const { fact } of lab.daemon.readLog()) {
    log += JSON.stringify(fact);
    if (fact.type !== "job.result") continue;
    const failure = fact.observations.find((one) => one.kind === "failure");
    reasons.push(failure?.kind === "failure" ? failure.reason : "none");
  }
  expect(reasons).toEqual(bad.map(([, why]) => expect.stringMatching(why)));
  // Nothing waits for a pipe or reads to an end that never comes: the bound is for a busy machine, a hang would take minutes.
  expect(Math.max(...took_ms)).toBeLessThan(10_000);
  for (const word of SECRET.split(" ")) expect(log + JSON.stringify(lab.lines)).not.toContain(word);
  // A link inside of a root, and a further root, are as good as the data folder.
  copyFileSync(join(SILICON, "frames/T1900_R100.xyz.gz"), join(shared, "run.xyz.gz"));
  symlinkSync(join(shared, "run.xyz.gz"), join(lab.folder, "run.xyz.gz"));
  const good = await referTo(join(lab.folder, "run.xyz.gz"));
  await report(bad.length, good);
  const phases = lab.daemon.lab.results.get("c1")?.at(-1)?.observations.at(-1);
  expect(phases).toMatchObject({ kind: "phases", phases: ["liquid"] });
});
