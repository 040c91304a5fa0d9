import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shellQuote } from "../../../adapters/system/shell-quote.ts";
import { writeWhole } from "../../../adapters/system/write-whole.ts";
import { installOnce } from "../../support/install-once.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-whole-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file is replaced whole: who has the one of before open reads it to its end, and nothing is left beside it", () => {
  const file = join(folder, "told.json");
  writeWhole(file, "before");
  const { ino } = statSync(file);
  writeWhole(file, "after");
  expect(statSync(file).ino).not.toBe(ino);
  expect([readFileSync(file, "utf8"), readdirSync(folder)]).toEqual(["after", ["told.json"]]);
  // Where the draft cannot take the file's place, the file stays as it was.
  mkdirSync(join(folder, "taken"));
  expect(() => writeWhole(join(folder, "taken"), "x")).toThrow();
  expect(statSync(join(folder, "taken")).isDirectory()).toBe(true);
});

test("a word that is quoted arrives at a shell as it is", () => {
  const word = 'it\'s `whoami` $HOME \\ "two"\nlines';
  const said = execFileSync("sh", ["-c", `printf %s ${shellQuote(word)}`], { encoding: "utf8" });
  expect(said).toBe(word);
});

test("what is installed once stays whole where two install at once, where one fails, and where one was killed", () => {
  const packages = [`nothing@${process.pid}`];
  const one = (isDone: boolean, meanwhile = () => {}) =>
    installOnce("trial", packages, (made) => {
      writeFileSync(join(made, "whole"), String(isDone));
      meanwhile();
      return isDone;
    });
  expect(one(false)).toBe(undefined);
  let first: string | undefined;
  const second = one(true, () => {
    first = one(true);
  });
  expect(second).toBe(first);
  expect(readFileSync(join(first ?? "", "whole"), "utf8")).toBe("true");
  // It is there: nothing is filled again.
  expect(one(false)).toBe(first);
  const left = readdirSync(tmpdir()).filter((name) =>
    name.startsWith(`tieline-trial-nothing-${process.pid}`),
  );
  expect(left).toHaveLength(1);
  rmSync(first ?? "", { recursive: true });
});
