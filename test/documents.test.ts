import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../build/bundle-program.ts";
import { ERRORS_PAGE, errorsPage } from "../build/write-errors-page.ts";
import { ERROR_CODES } from "../src/core/error-codes/index.ts";
import { FOREIGN_BROKERS } from "./proofs/support/foreign-brokers.ts";

const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
const all = ["README.md", "CHANGELOG.md", "examples/README.md", ...pages];

/** Targets of the links of a page, as paths from the root; addresses and places in the page left out. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].flatMap(([, target = ""]) =>
    /^[a-z]+:/.test(target) ? [] : [join(dirname(page), target)],
  );
}

function isAbout([, broker, test, , wayRound]: readonly string[], name: string, words: string) {
  return broker?.includes(name) === true && test?.includes(words) === true && wayRound !== "";
}

describe("the documentation", () => {
  test("its index links every page", () => {
    const linked = new Set(linksOf("docs/README.md"));
    const top = pages.filter((page) => dirname(page) === "docs" && page !== "docs/README.md");
    expect(top.filter((page) => !linked.has(page))).toEqual([]);
  });

  test.each(all)("the links of %s lead somewhere", (page) => {
    expect(linksOf(page).filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });

  test("the page of error codes is that of the codes: npm run errors-page", () => {
    expect(readFileSync(ERRORS_PAGE, "utf8")).toBe(errorsPage());
    for (const code of Object.keys(ERROR_CODES)) expect(errorsPage()).toContain(`\`${code}\``);
  });

  test("what a broker is known not to pass stands on the page of brokers, each with its way round", () => {
    const rows = readFileSync(join(ROOT, "docs/brokers.md"), "utf8")
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .filter((cells) => cells.length === 6);
    const missing = FOREIGN_BROKERS.flatMap(({ name, cannot }) =>
      cannot
        .map(([words]) => words)
        .filter((words) => !rows.some((row) => isAbout(row, name.split(",")[0] ?? "", words)))
        .map((words) => `${name}: ${words}`),
    );
    expect(FOREIGN_BROKERS.flatMap(({ cannot }) => cannot).length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  test("no two decisions have one number", () => {
    const numbers = readdirSync(join(ROOT, "docs/decisions")).map((name) => name.slice(0, 4));
    expect(numbers.filter((one, k) => numbers.indexOf(one) !== k)).toEqual([]);
  });
});
