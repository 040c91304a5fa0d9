import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parquetOf } from "../../adapters/exports/parquet.ts";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import { withoutSecrets } from "../../config/without-secrets.ts";
import { tieline } from "../support/command-line.ts";

const HISTORIES = resolve(import.meta.dirname, "../histories");
const folder = mkdtempSync(join(tmpdir(), "tieline-bundle-test-"));
const zip = join(folder, "lab.zip");
let files: Record<string, Uint8Array>;

/** A data folder with the log of that name. */
function history(name: string): string {
  const data = join(folder, name);
  mkdirSync(data, { recursive: true });
  const log = gunzipSync(readFileSync(join(HISTORIES, `${name}.jsonl.gz`)));
  writeFileSync(join(data, LOG_FILE), log);
  return data;
}

function ok(run: { code: number; out: string; err: string }): string {
  expect(run.code, run.err).toBe(0);
  return run.out;
}

beforeAll(async () => {
  const data = history("supervised");
  const config = join(HISTORIES, "supervised.yaml");
  ok(
    await tieline(
      ...["export", "--format", "bundle", "--data", data, "--config", config, "--out", zip],
    ),
  );
  files = unzipSync(readFileSync(zip));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (name: string): string => Buffer.from(files[name] ?? []).toString();

test("a bundle holds log, configuration, tables and report, and its RO-Crate names each with its checksum", () => {
  const names = Object.keys(files).sort();
  expect(names).toEqual(
    [
      ...["README.txt", "SHA256SUMS", "supervised.yaml", "events.jsonl", "ro-crate-metadata.json"],
      ...["everything.jsonl", "report.html", "results.csv", "results.parquet"].map(
        (name) => `supervised/${name}`,
      ),
    ].sort(),
  );
  const graph = JSON.parse(text("ro-crate-metadata.json"))["@graph"] as Record<string, unknown>[];
  const entity = (id: string) => graph.find((one) => one["@id"] === id);
  const described = names.filter((name) => name !== "SHA256SUMS" && !name.startsWith("ro-crate"));
  const parts = entity("./")?.["hasPart"] as { "@id": string }[];
  expect(parts.map((part) => part["@id"]).sort()).toEqual(described);
  for (const name of described) {
    const { sha256, contentSize } = entity(name) ?? {};
    expect(text("SHA256SUMS")).toContain(`${sha256}  ${name}\n`);
    expect(contentSize).toBe(String(files[name]?.byteLength));
  }
  expect(entity("./")).toMatchObject({ contributor: [{ "@id": "#person-ada" }] });
  // The version that wrote the log, and the one that bundled it with the digest of its code.
  expect(entity("#campaigns")).toMatchObject({ instrument: [{ "@id": "#tieline-0.1.0" }] });
  expect(entity("#tieline-0.1.0")).toMatchObject({
    identifier: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
});

test("replay opens it, holds its checksums, and every proposal agrees; what was changed is named", async () => {
  expect(ok(await tieline("replay", "--verify", "--data", zip))).toMatch(
    /supervised: .*\n(\d+) of \1 proposals agree\./,
  );
  expect(ok(await tieline("export", "--format", "csv", "--data", zip))).toBe(
    text("supervised/results.csv"),
  );
  const changed = join(folder, "changed.zip");
  const report = Buffer.from(text("supervised/report.html").replace("ada", "eve"));
  writeFileSync(changed, zipSync({ ...files, "supervised/report.html": report }));
  const refused = await tieline("replay", "--data", changed);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/TL-4009: .*supervised\/report.html was changed/);
  const outside = join(folder, "outside.zip");
  writeFileSync(outside, zipSync({ ...files, "../outside.txt": report }));
  expect((await tieline("replay", "--data", outside)).err).toContain("lies outside it");
  const again = await tieline(
    ...["export", "--format", "bundle", "--data", history("supervised"), "--out", zip],
  );
  expect(again.err).toContain("TL-1003");
});

test("curves stand beside their axes with units; the same table in CSV, Parquet and JSON lines, by one number", async () => {
  const data = history("effective-model");
  const curves = ["export", "--data", data, "--what", "curves", "--format"];
  const [head, first] = ok(await tieline(...curves, "csv")).split("\n");
  expect(head).toBe("n,candidateId,H [T],magnetisation,magnetisation_uncertainty");
  const [n, id, field, value, error] = (first ?? "").split(",");
  const named = join(folder, "curves.parquet");
  ok(await tieline(...curves, "parquet", "--out", named));
  const file = new Uint8Array(readFileSync(named)).buffer;
  const [row] = await parquetReadObjects({ file });
  expect(row).toEqual({
    n: Number(n),
    candidateId: id,
    "H [T]": Number(field),
    magnetisation: Number(value),
    magnetisation_uncertainty: Number(error),
  });
  const { key_value_metadata, schema } = parquetMetadata(file);
  expect(key_value_metadata).toContainEqual({ key: "campaignId", value: "dimer-gap" });
  expect(schema.map(({ type }) => type).slice(1)).toEqual([
    ...["INT32", "BYTE_ARRAY", "DOUBLE", "DOUBLE", "DOUBLE"],
  ]);
  const jsonl = ok(await tieline("export", "--data", data, "--format", "jsonl"));
  const lines = jsonl.trim().split("\n");
  const second = lines.map((line) => JSON.parse(line)).find((one) => one.n === 2);
  expect(second).toMatchObject({
    kind: "observation",
    result: [{ kind: "curve", axis: { unit: "T", values: [8] } }],
  });
});

test("Parquet is no text: without a file it is a misuse; a table without rows can be written", async () => {
  expect(parquetMetadata(parquetOf([]).slice().buffer).num_rows).toBe(0n);
  const run = await tieline("export", "--format", "parquet", "--data", folder);
  expect(run.code).toBe(2);
  expect(run.err).toContain("--out FILE.parquet");
});

test("whole numbers are doubles in Parquet as others are: the tables of two campaigns go together", async () => {
  const file = parquetOf([{ n: 1, time_ms: 1_796_057_659_230, counts: 3e9, T_K: -0 }]).slice()
    .buffer;
  expect(
    parquetMetadata(file)
      .schema.slice(1)
      .map(({ type }) => type),
  ).toEqual([...["INT32", "DOUBLE", "DOUBLE", "DOUBLE"]]);
  const [row] = await parquetReadObjects({ file });
  expect(row).toEqual({ n: 1, time_ms: 1_796_057_659_230, counts: 3e9, T_K: -0 });
});

test("the configuration of a bundle gives nobody access", () => {
  const written = withoutSecrets(
    [
      "# ours",
      "broker: { url: 'mqtts://lab:hunter2@broker.example:8883' }",
      "log: postgres://lab:hunter2@db.example/tieline",
      "notifications:",
      "  - { url: https://hooks.slack.com/services/T0/B0/SECRET, format: slack }",
    ].join("\n"),
  );
  expect(written).toContain("# ours");
  expect(written).toContain("mqtts://***@broker.example:8883");
  expect(written).toContain("postgres://***@db.example/tieline");
  expect(written).not.toMatch(/hunter2|SECRET/);
});
