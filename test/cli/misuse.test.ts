import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-misuse-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const table = join(folder, "table.csv");
writeFileSync(table, "a,b,y,z\n0,0,1,2\n0,1,2,1\n1,0,3,0\n1,1,0.5,1\n0.5,0.5,,2\n");

const EVALUATE = ["evaluate", "optimise", "--table", table, "--budget", "3", "--initial", "2"];
const SUGGEST = ["suggest", "--goal", "optimise", "--candidates", table];

/** Command lines that ask for what cannot be, and what the one line of the error says. */
const MISUSES: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    "an objective as an input",
    [...EVALUATE, "--inputs", "a,y", "--objectives", "y:min"],
    /y cannot/,
  ],
  ["an input twice", [...EVALUATE, "--inputs", "a,a", "--objectives", "y:min"], /a is named twice/],
  ["no input", [...EVALUATE, "--inputs", "", "--objectives", "y:min"], /No input/],
  [
    "an objective twice",
    [...EVALUATE, "--inputs", "a", "--objectives", "y:min,y:max"],
    /y is named twice/,
  ],
  [
    "an unknown acquisition",
    [...SUGGEST, "--objectives", "y:min", "--acquisition", "x"],
    /Possible here/,
  ],
  [
    "an unknown kernel",
    [...SUGGEST, "--objectives", "y:min", "--kernel", "x"],
    /squared-exponential/,
  ],
  [
    "a limit on no input",
    [...SUGGEST, "--objectives", "y:min", "--limit", "q<=1"],
    /no input\. Inputs are a, b, z/,
  ],
  ["an objective as cost", [...SUGGEST, "--objectives", "y:min", "--cost", "y"], /y cannot/],
  ["a batch that is no number", ["approve", "--campaign", "m", "--batch", "x"], /--batch must be/],
  ["an empty point", ["approve", "--campaign", "m", "--points", "c1,,c2"], /--points must be/],
];

for (const [name, argv, said] of MISUSES) {
  test(`${name} is a misuse, told in one line`, async () => {
    const { code, out, err } = await tieline(...argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^TL-\d{4}: [^\n]+\n$/);
    expect(err).toMatch(said);
  });
}

test("limits that no candidate meets are told as such", async () => {
  const { code, out } = await tieline(...SUGGEST, "--objectives", "y:min", "--limit", "a+b<=-1");
  expect(code).toBe(0);
  expect(out).toContain("No other may be proposed: 1 is beyond the limits.");
});
