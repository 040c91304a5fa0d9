import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReferences } from "../../adapters/patterns/read-references.ts";
import { createPrng } from "../../src/core/prng.ts";
import { tieline } from "../support/command-line.ts";
import { mixturePattern, type PhaseShare } from "../support/pattern-spread.ts";

const CARDS = resolve(import.meta.dirname, "../fixtures/diffraction");
const folder = mkdtempSync(join(tmpdir(), "identify-"));
const file = (name: string): string => join(folder, name);

interface Found {
  readonly file: string;
  readonly sets: readonly {
    readonly phases: readonly string[];
    readonly probability: number;
    readonly weights: Readonly<Record<string, number>>;
  }[];
  readonly presence: Readonly<Record<string, number>>;
  readonly unexplained: number;
  readonly unfamiliar: boolean;
  readonly cpu_ms: number;
}

/** Writes a simulated mixture as .xy. */
function simulate(name: string, mixture: readonly PhaseShare[], noise: number): string {
  const sources = new Map(readReferences([CARDS]).map((source) => [source.name, source]));
  const prng = createPrng(name);
  const { x, intensity } = mixturePattern(sources, mixture, {
    noise,
    displacement_deg: 0.03,
    width_deg: 0.25,
    lorentz: 0.5,
    texture: 0.15,
    humpHeight: 0.02,
    random: () => prng.next(),
  });
  const rows = Array.from(
    x,
    (v, k) => `${v.toFixed(3)} ${(1000 * intensity[k]! + 100).toFixed(2)}`,
  );
  writeFileSync(file(name), rows.join("\n"));
  return file(name);
}

async function identify(...options: string[]): Promise<Found[]> {
  const { code, out, err } = await tieline("identify", ...options, "--json");
  expect(err).toBe("");
  expect(code).toBe(0);
  return (JSON.parse(out) as { patterns: Found[] }).patterns;
}

let pair = "";
let shifted = "";

beforeAll(() => {
  pair = simulate(
    "pair.xy",
    [
      { name: "NiO", share: 0.4, strain: 0.001 },
      { name: "TiO2-anatase", share: 0.6, strain: -0.002 },
    ],
    0.01,
  );
  shifted = simulate(
    "shifted.xy",
    [
      { name: "Zn2TiO4", share: 0.5, strain: -0.04 },
      { name: "ZnO", share: 0.5, strain: 0.02 },
    ],
    0.01,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("tieline identify", () => {
  test("names the set, its weights and nothing else", async () => {
    const [first, second] = await identify("--pattern", pair, shifted, "--references", CARDS);
    expect(first!.file).toBe(pair);
    expect([...first!.sets[0]!.phases].sort()).toEqual(["NiO", "TiO2-anatase"]);
    expect(first!.sets[0]!.weights["NiO"]).toBeCloseTo(0.4, 1);
    expect(first!.presence["NiO"]).toBeGreaterThan(0.98);
    expect(first!.unfamiliar).toBe(false);
    expect(first!.cpu_ms).toBeGreaterThan(0);
    const total = first!.sets.reduce((sum, { probability }) => sum + probability, 0);
    expect(total).toBeGreaterThan(0.9);
    expect(total).toBeLessThanOrEqual(1.001);
    expect([...second!.sets[0]!.phases].sort()).toEqual(["Zn2TiO4", "ZnO"]);
  });

  test("lines of a phase without a reference are unfamiliar and no other phase is recruited", async () => {
    const cards = ["NiO", "ZnO", "NiTiO3", "Zn2TiO4"].map((name) => join(CARDS, `${name}.cif`));
    const [found] = await identify("--pattern", pair, "--references", ...cards);
    expect(found!.unfamiliar).toBe(true);
    expect(found!.sets[0]!.phases).toEqual(["NiO"]);
  });

  test("a pattern of another tube than copper's says which, where nobody named the wavelength", async () => {
    const rows = readFileSync(pair, "utf8")
      .split("\n")
      .map((row) => row.split(" ").map(Number));
    // The same spacings at the angles of cobalt.
    const moved = rows.flatMap(([x = 0, y = 0]) => {
      const sine = (1.78901 / 1.540593) * Math.sin((x * Math.PI) / 360);
      return sine < 1 ? [`${((360 / Math.PI) * Math.asin(sine)).toFixed(3)} ${y}`] : [];
    });
    writeFileSync(file("cobalt.xy"), moved.join("\n"));
    const given = ["--pattern", file("cobalt.xy"), "--references", CARDS, "--elements", "Ni,Ti,O"];
    const { out } = await tieline("identify", ...given);
    expect(out).toContain("try --wavelength Co");
    // Once beforehand: code that runs for the first time costs more than what is counted.
    await identify(...given, "--wavelength", "Co");
    const [told] = await identify(...given, "--wavelength", "Co");
    const [guessed] = await identify(...given);
    expect(guessed).toMatchObject({ unfamiliar: true, likelyAnode: "Co" });
    // Six readings, and all of them are counted.
    expect(guessed!.cpu_ms).toBeGreaterThan(1.5 * told!.cpu_ms);
    expect([...told!.sets[0]!.phases].sort()).toEqual(["NiO", "TiO2-anatase"]);
    for (const one of [told, (await identify("--pattern", pair, ...given.slice(2)))[0]])
      expect(one).not.toHaveProperty("likelyAnode");
  });

  test("elements and the number of phases limit the sets", async () => {
    const [only] = await identify("--pattern", pair, "--references", CARDS, "--elements", "Ni,O");
    expect(Object.keys(only!.presence)).toEqual(["NiO"]);
    const [one] = await identify("--pattern", pair, "--references", CARDS, "--max-phases", "1");
    expect(one!.sets.every(({ phases }) => phases.length <= 1)).toBe(true);
  });

  test("line lists and a measured pattern serve as references, on Q as well", async () => {
    const lines = [
      [2.41, 61],
      [2.087, 100],
      [1.476, 57],
      [1.259, 17],
    ];
    const nio = file("nickel-oxide.csv");
    writeFileSync(
      nio,
      `Q_per_nm,intensity\n${lines.map(([d, i]) => `${(20 * Math.PI) / d!},${i}`).join("\n")}`,
    );
    const anatase = simulate("anatase.xy", [{ name: "TiO2-anatase", share: 1, strain: 0 }], 0.002);
    const [found] = await identify("--pattern", pair, "--references", nio, anatase);
    expect([...found!.sets[0]!.phases].sort()).toEqual(["anatase", "nickel-oxide"]);
  });

  test("a picture, and the words of a terminal", async () => {
    const picture = file("fit.svg");
    const { out } = await tieline(
      ...["identify", "--pattern", pair, "--references", CARDS],
      "--plot",
      picture,
    );
    expect(out).toMatch(/TiO2-anatase \d+ % ± /);
    expect(readFileSync(picture, "utf8")).toContain("NiO");
  });

  test("a pattern that lies outside of the spacings is named, with the axis as it was read", async () => {
    const rows = readFileSync(pair, "utf8").split("\n");
    const q = rows.map((row, k) => `${(0.7 + 0.003 * k).toFixed(4)} ${row.split(" ")[1]}`);
    writeFileSync(file("on-q.xy"), q.join("\n"));
    const { code, err } = await tieline(
      ...["identify", "--pattern", pair, file("on-q.xy"), "--references", CARDS],
    );
    expect(code).not.toBe(0);
    expect(err).toMatch(/TL-7105: .*on-q\.xy: .*two theta in degrees, 0\.7 to 5\.5/);
  });

  test.each([
    [["--pattern", "nowhere.xy", "--references", CARDS], "TL-7103"],
    [["--pattern", CARDS, "--references", "nowhere"], "TL-7104"],
    [["--pattern", "x", "--references", CARDS, "--wavelength", "Xx"], "TL-1001"],
    [["--pattern", "x", "--references", CARDS, "--max-phases", "0"], "TL-1001"],
  ])("%j is refused with %s", async (options, code) => {
    const found = await tieline("identify", ...options);
    expect(found.code).not.toBe(0);
    expect(found.err).toContain(code);
  });
});
