import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Row {
  readonly promise: string;
  readonly file: string;
  readonly title: string;
}

/** The rows of the table: promise, how it is kept, `file`: title. */
function rowsOf(page: string): Row[] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| promise"))
    .map((line) => {
      const [promise = "", , test = ""] = line.slice(2, -2).split(" | ");
      const [, file = "", title = ""] = /^`([^`]+)`: (.+)$/.exec(test.trim()) ?? [];
      return { promise, file, title };
    });
}

/** What is wrong with a row; `undefined` where its test is there. */
function problemOf({ promise, file, title }: Row): string | undefined {
  if (file === "") return `${promise}: names no test`;
  if (!existsSync(join(ROOT, file))) return `${promise}: there is no ${file}`;
  const forms = [`test("${title}"`, `)("${title}"`, `: ${title}\`, `, `)(\n    "${title}"`];
  const isThere = forms.some((form) => read(file).includes(form));
  return isThere ? undefined : `${promise}: ${file} has no test "${title}"`;
}

describe("docs/promises.md", () => {
  const rows = rowsOf(read("docs/promises.md"));

  test("names a test that exists for every promise", () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.map(problemOf).filter((problem) => problem !== undefined)).toEqual([]);
  });

  test("notices a test that is gone", () => {
    const gone = rowsOf("| a | b | `test/promises.test.ts`: was renamed |\n| c | d | none |");
    expect(gone.map(problemOf)).toEqual([
      'a: test/promises.test.ts has no test "was renamed"',
      "c: names no test",
    ]);
  });

  test("holds every promise that the README makes", () => {
    const promised = read("README.md").split("## What it promises")[1]?.split("\n## ")[0] ?? "";
    const leads = [...promised.matchAll(/^- \*\*([^*]+?)[.:]?\*\*/gm)].map((match) => match[1]);
    expect(leads.length).toBeGreaterThan(3);
    const page = read("docs/promises.md");
    const never = "What it never sends by itself";
    for (const lead of leads.filter((one) => one !== never)) expect(page).toContain(`**${lead}**`);
    expect(promised).toContain("docs/promises.md");
  });
});
