import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { createPrng } from "../../src/core/prng.ts";
import { createOptimisePlanner } from "../../src/planning/optimise/optimise-planner.ts";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "optimise-reach-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const alloys = join(folder, "alloys.csv");

interface Suggested {
  readonly points: { line: number; parameters: Record<string, number | string>; why: string }[];
  readonly warnings: string[];
  readonly message: string;
  readonly table: { readonly leftOut: readonly unknown[] };
}

async function suggest(...argv: string[]): Promise<Suggested> {
  const { code, out, err } = await tieline(
    ...["suggest", "--goal", "optimise", "--candidates", alloys, "--objectives", "strength:max"],
    ...["--axes", "metal,A,B,C,T", "--constraints", "density:..8", "--cost", "price", "--json"],
    ...argv,
  );
  expect(err).toMatch(
    /^warning: 8 experiments of the column strength failed: line 2 "cracked", .*\n$/,
  );
  expect(code).toBe(0);
  expect(out).not.toContain("NaN");
  return JSON.parse(out) as Suggested;
}

/** Two metals, a ternary grid in steps of a quarter, four temperatures, a price; every fifth row is measured, some failed. */
beforeAll(() => {
  const lines = ["metal,A,B,C,T,price,strength,density"];
  let k = 0;
  for (const metal of ["Cu", "Ag"])
    for (let a = 0; a <= 4; a++)
      for (let b = 0; a + b <= 4; b++)
        for (const t of [10, 100, 1000, 10_000]) {
          const fractions = [a / 4, b / 4, (4 - a - b) / 4];
          const strength = a - b + Math.log10(t) + (metal === "Ag" ? 2 : 0);
          const density = metal === "Ag" ? 7 + a : 5 + b;
          const result = k % 5 !== 0 ? "," : k % 15 === 0 ? "cracked," : `${strength},${density}`;
          lines.push([metal, ...fractions, t, metal === "Ag" ? 3 : 1, result].join(","));
          k++;
        }
  writeFileSync(alloys, lines.join("\n"));
});

describe("suggest: everything at once", () => {
  test("categories, constraints, failures, cost, a shared value, linear limits, points in flight", async () => {
    const options = ["--batch", "3", "--shared", "T", "--limit", "A+B<=0.75"];
    const { points, message } = await suggest(...options, "--log-inputs", "T");
    expect(points).toHaveLength(3);
    expect(new Set(points.map((p) => p.parameters["T"])).size).toBe(1);
    for (const { parameters } of points)
      expect(Number(parameters["A"]) + Number(parameters["B"])).toBeLessThanOrEqual(0.75);
    expect(message).toContain("failed");
    const lines = points.map((p) => p.line);
    const next = await suggest(...options, "--log-inputs", "T", "--in-flight", lines.join(","));
    for (const { line } of next.points) expect(lines).not.toContain(line);
  });

  test.each(["sobol", "latin-hypercube", "random"])(
    "%s designs spread on the simplex",
    async (design) => {
      const { points } = await suggest(
        ...["--initial", "60", "--initial-design", design, "--components", "A,B,C", "--batch", "8"],
      );
      expect(points).toHaveLength(8);
      for (const { why } of points) expect(why).toContain("initial design");
      expect(new Set(points.map((p) => p.parameters["A"])).size).toBeGreaterThan(1);
    },
  );

  test("wrong words are misuses that say what is possible", async () => {
    const base = [
      "suggest",
      "--goal",
      "optimise",
      "--candidates",
      alloys,
      "--objectives",
      "strength:max",
    ];
    for (const [option, value, says] of [
      ["--initial-design", "grid", "sobol"],
      ["--exploration", "much", "number"],
      ["--in-flight", "9999", "line 9999"],
    ] as const) {
      const { code, err } = await tieline(...base, option, value);
      expect(code).toBe(2);
      expect(err).toContain(says);
    }
  });
});

describe("suggest: unhappy tables", () => {
  const file = join(folder, "unhappy.csv");
  const ask = async (rows: readonly string[], ...argv: string[]): Promise<Suggested> => {
    writeFileSync(file, ["a,b,y", ...rows].join("\n"));
    const { code, out } = await tieline(
      ...["suggest", "--goal", "optimise", "--candidates", file, "--objectives", "y:min", "--json"],
      ...argv,
    );
    expect(code).toBe(0);
    expect(out).not.toMatch(/NaN|Infinity|null/);
    return JSON.parse(out) as Suggested;
  };
  const open = Array.from({ length: 30 }, (_, k) => `${k % 6},${Math.floor(k / 6)},`);

  test("no result, one result, all candidates measured", async () => {
    expect((await ask(open)).points).toHaveLength(1);
    expect((await ask(["2,2.5,4", ...open])).points).toHaveLength(1);
    expect((await ask(["1,1,3", "2,2,4"])).points).toHaveLength(0);
  });

  test.each(["1e12", "1e-12", "-1e300", "0"])("values of the size of %s", async (size) => {
    const known = [1, 2, 3, 5, 8, 2].map((v, k) => `${k + 0.5},${(k * k) % 5},${v * Number(size)}`);
    expect((await ask([...known, ...open], "--batch", "4")).points).toHaveLength(4);
  });

  test("every result the same: told, and still a spread proposal", async () => {
    const known = Array.from({ length: 14 }, (_, k) => `${k + 0.5},${(k * k) % 5},7`);
    const { points, warnings } = await ask([...known, ...open]);
    expect(points).toHaveLength(1);
    expect(warnings.join()).toContain("is the same");
  });

  test("only failures: told, and the points keep away from one another", async () => {
    const known = ["0,0,nan", "1,1,inf", "2,2,cracked", "3,3,-inf"];
    const { points, warnings } = await ask([...known, ...open.slice(5)], "--batch", "2");
    expect(points).toHaveLength(2);
    expect(warnings.join()).toContain("All 4 experiments failed");
  });

  test("a constant column, a missing input and duplicated rows", async () => {
    const known = ["5,0,1", "5,0,1.1", "5,1,2", "5,2,4", "5,3,8", "5,0,0.9"];
    const more = ["5,,", "5,4,", "5,4,", "5,5,", "5,5,"];
    const { points, warnings, table } = await ask([...known, ...more], "--batch", "4");
    expect(points.map((p) => p.parameters["b"]).sort()).toEqual([4, 5]);
    expect(table.leftOut).toEqual([{ column: "a", why: 'it is "5" in every row' }]);
    expect(warnings.join()).toMatch(/never proposed/);
  });

  test("an ill-conditioned design: points closer than rounding, opposite results", async () => {
    const prng = createPrng("ill");
    const known = Array.from({ length: 40 }, (_, k) => `${1 + 1e-14 * k},1,${prng.normal()}`);
    const { points } = await ask([...known, ...open], "--batch", "3");
    expect(points).toHaveLength(3);
  });
});

describe("the configuration", () => {
  test("takes every setting, and the planner follows it", () => {
    const file = join(folder, "lab.yaml");
    writeFileSync(
      file,
      readFileSync(new URL("../fixtures/optimise/everything.yaml", import.meta.url)),
    );
    const [mixed, table] = campaignSpecs(loadConfiguration(file), "1");
    const planner = createOptimisePlanner(mixed!.spec);
    const asked = planner.propose({ n: 1, count: 5, pending: [], excluded: [], seed: "1" });
    expect(asked.points).toHaveLength(5);
    for (const { parameters } of asked.points) {
      expect(["argon", "air"]).toContain(parameters["gas"]);
      expect(Number.isInteger(parameters["layers"])).toBe(true);
      expect(Number(parameters["temperature_K"]) + 10 * Number(parameters["layers"])).toBeLessThan(
        571,
      );
    }
    expect(table!.spec.space.kind).toBe("simplex-grid");
    const { points } = createOptimisePlanner(table!.spec).propose({
      n: 1,
      count: 3,
      pending: [],
      excluded: [],
      seed: "1",
    });
    expect(new Set(points.map((p) => p.parameters["T"])).size).toBe(1);
  });

  test("a misspelt axis of the model is found before anything starts", () => {
    const file = join(folder, "wrong.yaml");
    const text = readFileSync(
      new URL("../fixtures/optimise/everything.yaml", import.meta.url),
      "utf8",
    );
    writeFileSync(file, text.replace("logInputs: [duration_h]", "logInputs: [duration]"));
    expect(() => loadConfiguration(file)).toThrow(/no axis "duration"/);
    writeFileSync(file, text.replace("acquisition: expected-improvement", "acquisition: magic"));
    expect(() => loadConfiguration(file)).toThrow(/acquisition/);
  });
});

test("neither a factor on an objective nor an offset changes what is proposed", async () => {
  const ask = async (unit: (y: number) => number): Promise<number[]> => {
    const file = join(folder, "scaled.csv");
    const rows = Array.from({ length: 40 }, (_, k) => {
      const x = (k * 7) % 40;
      return `${x * 1.5},${k % 5},${k < 15 ? unit(Math.sin(x / 6) + 0.1 * (k % 5)) : ""}`;
    });
    writeFileSync(file, ["x,z,y", ...rows].join("\n"));
    const { out } = await tieline(
      ...["suggest", "--goal", "optimise", "--candidates", file, "--objectives", "y:max"],
      ...["--batch", "3", "--json"],
    );
    return (JSON.parse(out) as Suggested).points.map(({ line }) => line);
  };
  const plain = await ask((y) => y);
  expect(await ask((y) => 1000 * y)).toEqual(plain);
  expect(await ask((y) => 1e-6 * y - 3)).toEqual(plain);
});
