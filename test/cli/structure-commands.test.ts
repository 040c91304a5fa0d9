import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

const FRAMES = resolve(import.meta.dirname, "../../config/silicon/frames");
const folder = mkdtempSync(join(tmpdir(), "structure-commands-"));
const model = join(folder, "model.json");
const space = join(folder, "space.svg");

const recorded = (name: string): string => join(FRAMES, `${name}.xyz.gz`);
const labelled = (name: string, label: string): string[] => [
  "--frames",
  `${recorded(name)}:${label}`,
];

let trained: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  const { code, out } = await tieline(
    ...["structure", "train", "--out", model, "--plot", space, "--json"],
    ...["--frames", `${recorded("T300_R0")}:crystal`, `${recorded("T1100_R0")}:crystal`],
    ...labelled("T1900_R50", "liquid"),
    ...labelled("T2700_R50", "liquid"),
    ...labelled("T300_R50", "glass"),
    ...labelled("T700_R50", "glass"),
  );
  expect(code).toBe(0);
  trained = JSON.parse(out) as Readonly<Record<string, unknown>>;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Classified {
  readonly frames: readonly {
    readonly frame: number;
    readonly atoms: number;
    readonly classes: Readonly<Record<string, number>>;
    readonly unfamiliar: number;
    readonly clusters: Readonly<Record<string, { largest: number; sizes: number[] }>>;
  }[];
  readonly trends: Readonly<Record<string, readonly number[]>>;
  readonly timing_ms: Readonly<Record<string, number>>;
}

async function classify(frames: string, ...more: string[]): Promise<Classified> {
  const { code, out, err } = await tieline(
    ...["structure", "classify", "--model", model, "--frames", frames, "--json", ...more],
  );
  expect(err).not.toContain("TL-");
  expect(code).toBe(0);
  return JSON.parse(out) as Classified;
}

describe("structure train", () => {
  test("says what it learnt, with the plain PCA beside it", () => {
    expect(trained).toMatchObject({ atoms: 6 * 2 * 216, clusters: 3 });
    for (const field of ["rank", "dimension", "crossValidation", "silhouette", "pseudoF"])
      expect(trained[field]).toBeTypeOf("number");
    expect(trained["crossValidation"]).toBeGreaterThan(0.95);
    expect(trained["kMeans"]).toHaveLength(6 * 2 * 216);
    expect(Object.keys(trained["pca"] as object)).toEqual(
      expect.arrayContaining(["crossValidation", "silhouette", "pseudoF", "kMeans"]),
    );
    expect(readFileSync(space, "utf8")).toMatch(/^<svg [\s\S]*crystal[\s\S]*<\/svg>/);
  });

  test("takes tables of descriptors made elsewhere, labelled or not", async () => {
    const out = join(folder, "table.json");
    const table = (name: string, centre: number): string => {
      const path = join(folder, `${name}.csv`);
      const rows = Array.from({ length: 60 }, (_, i) =>
        [1, 2, 3, 4].map((k) => centre + Math.sin(12.9 * (i + 1) * k + centre)).join(","),
      );
      writeFileSync(path, `${rows.join("\n")}\n`);
      return path;
    };
    const [a, b] = [table("a", 0), table("b", 6)];
    const kinds = await tieline(
      ...["structure", "train", "--descriptors", a, b, "--out", out, "--neighbours", "5", "--json"],
    );
    expect(kinds.code).toBe(0);
    expect(JSON.parse(kinds.out)).toMatchObject({ atoms: 120, crossValidation: null });
    const named = await tieline(
      ...["structure", "train", "--descriptors", `${a}:low`, "--descriptors", `${b}:high`],
      ...["--out", out, "--json"],
    );
    expect(JSON.parse(named.out)).toMatchObject({ atoms: 120, classes: ["low", "high"] });
    const single = await tieline("structure", "train", "--descriptors", a, "--out", out, "--json");
    expect(JSON.parse(single.out)).toMatchObject({ atoms: 60 });
  });

  test("labels for some files only are a misuse", async () => {
    const { code, err } = await tieline(
      ...["structure", "train", "--out", join(folder, "x.json")],
      ...["--frames", recorded("T300_R0"), ...labelled("T700_R50", "glass")],
    );
    expect(code).toBe(2);
    expect(err).toContain("label");
  });
});

describe("structure classify", () => {
  test.each([
    ["T700_R0", "crystal"],
    ["T2300_R100", "liquid"],
    ["T300_R200", "glass"],
  ])("%s, a run that it was not trained on, is %s", async (name, label) => {
    const { frames, trends } = await classify(recorded(name));
    expect(frames).toHaveLength(2);
    for (const frame of frames) {
      expect(frame.atoms).toBe(216);
      expect(frame.classes[label]).toBeGreaterThan(0.98);
      expect(Object.values(frame.classes).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      expect(frame.clusters[label]?.largest).toBe(frame.clusters[label]?.sizes[0]);
    }
    expect(trends[label]).toHaveLength(2);
  });

  test("writes the frames back with a class, its probability and an unfamiliarity for each atom", async () => {
    const out = join(folder, "classes.extxyz");
    const plot = join(folder, "classes.svg");
    await classify(recorded("T300_R0"), "--out", out, "--plot", plot);
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(2 * (216 + 2));
    expect(lines[1]).toContain("class:S:1");
    expect(lines[1]).toContain("probability:R:1:unfamiliarity:R:1");
    expect(lines[2]?.split(/\s+/)[4]).toBe("crystal");
    expect(existsSync(plot)).toBe(true);
  });

  test("another element is unfamiliar, and so is another structure of the same element", async () => {
    const aluminium = join(folder, "al.xyz");
    const text = gunzipSync(readFileSync(recorded("T300_R0"))).toString("utf8");
    writeFileSync(aluminium, text.replaceAll(/^Si /gm, "Al "));
    const renamed = await classify(aluminium);
    expect(renamed.frames[0]?.unfamiliar).toBe(1);
    const simple = join(folder, "simple-cubic.xyz");
    const atoms = Array.from({ length: 216 }, (_, k) => {
      const at = [k % 6, Math.floor(k / 6) % 6, Math.floor(k / 36)].map((n) => 2.6 * n);
      return `Si ${at.join(" ")}`;
    });
    writeFileSync(simple, `216\nLattice="15.6 0 0 0 15.6 0 0 0 15.6"\n${atoms.join("\n")}\n`);
    const other = await classify(simple);
    expect(other.frames[0]?.unfamiliar).toBeGreaterThan(0.95);
  });

  test("a file that breaks off is named with its line, and the exit code is 1", async () => {
    const cut = join(folder, "cut.xyz");
    writeFileSync(cut, '3\nLattice="9 0 0 0 9 0 0 0 9"\nSi 0 0 0\n');
    const { code, err, out } = await tieline(
      ...["structure", "classify", "--model", model, "--frames", cut, "--json"],
    );
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("TL-7003");
    expect(err).toContain("line 3");
  });
});

test("structure describe writes float64 of shape (atoms of all frames, descriptor length)", async () => {
  const npy = join(folder, "d.npy");
  const { code, out } = await tieline(
    ...["structure", "describe", "--frames", recorded("T300_R0"), "--cutoff", "5"],
    ...["--average", "4", "--out", npy, "--json"],
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ frames: 2, atoms: 432, length: 100, cutoff_A: 5 });
  const bytes = readFileSync(npy);
  expect(bytes.subarray(1, 6).toString()).toBe("NUMPY");
  const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString();
  expect(header).toContain("'descr': '<f8'");
  expect(header).toContain("(432, 100)");
  expect(bytes.length).toBe(10 + bytes.readUInt16LE(8) + 8 * 432 * 100);
});
