import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { columnOf, numberAt, parseTable, readTable } from "../../src/tables/table.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-table-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: string | Buffer): string {
  const path = join(folder, "table.csv");
  writeFileSync(path, content);
  return path;
}

const cells = (text: string) => parseTable(text, "t.csv").rows.map((row) => row.cells.join("|"));

test("reads what spreadsheets write: marks, line ends, delimiters, decimal commas, empty ends", () => {
  for (const text of [
    "\uFEFFa,b\n1,x\n",
    "a;b\r\n1;x\r\n",
    "a\tb\r1\tx\r",
    "a , b\n 1 , x \n,\n",
  ]) {
    const table = parseTable(text, "t.csv");
    expect(table.columns).toEqual(["a", "b"]);
    expect(table.rows.map((row) => row.cells)).toEqual([["1", "x"]]);
  }
  expect(parseTable("a,b,\n1,x,\n2,y,\n", "t.csv").columns).toEqual(["a", "b"]);
  expect(cells('a,b\n1,"x, ""y"""\n')).toEqual(['1|x, "y"']);
  const table = parseTable("a;b\n-0,25;1,5e-3\n", "t.csv");
  const [row] = table.rows;
  if (row === undefined) throw new Error("no row");
  expect([0, 1].map((column) => numberAt(table, row, column))).toEqual([-0.25, 0.0015]);
});

test("UTF-16 with its mark is read, other bytes that are no UTF-8 are refused", () => {
  const utf16 = Buffer.from("\uFEFFa\tb\n1\tβ\n", "utf16le");
  expect(readTable(file(utf16)).rows[0]?.cells).toEqual(["1", "β"]);
  const latin = Buffer.from("a,b\n1,caf\xe9\n", "latin1");
  for (const bytes of [latin, Buffer.from([1, 0, 2, 0, 200])]) {
    expect(() => readTable(file(bytes))).toThrow(/is not UTF-8 text/);
  }
});

test("a line sep=; in front names the separator, and lines are counted as in the file", () => {
  for (const sep of ["sep=;", '"sep=;"', "SEP=;"]) {
    const table = parseTable(`${sep}\r\na;b\r\n0,5;x\r\n`, "t.csv");
    expect(table.columns).toEqual(["a", "b"]);
    expect(table.rows).toEqual([{ line: 3, cells: ["0,5", "x"] }]);
    expect(table.hasDecimalCommas).toBe(true);
  }
});

test("decimal commas between tabs and in quoted cells; thousands are not guessed", () => {
  const number = (text: string): number => {
    const table = parseTable(text, "t.csv");
    return numberAt(table, table.rows[0]!, 0);
  };
  expect(number("a\tb\n0,25\tx\n")).toBe(0.25);
  expect(number('a,b\n"0,25",x\n')).toBe(0.25);
  expect(number("a;b\n1,234;x\n")).toBe(1.234);
  expect(() => number('a,b\n"1,234",x\n')).toThrow(
    /line 2: "1,234" may be 1234 or a decimal comma/,
  );
  expect(number('a,b\n5,"alpha,beta"\n')).toBe(5);
});

test("a file that cannot be read says why", () => {
  expect(() => readTable(folder)).toThrow(/is a folder$/);
  expect(() => readTable(join(folder, "none.csv"))).toThrow(/does not exist$/);
});

test("each mistake names its line and what to do", () => {
  expect(() => parseTable("", "t.csv")).toThrow("t.csv is empty");
  expect(() => columnOf(parseTable("a,a,b\n1,2,3\n", "t.csv"), "a")).toThrow(
    'line 1: the column "a" is named twice',
  );
  expect(columnOf(parseTable("a,a,b\n1,2,3\n", "t.csv"), "b")).toBe(2);
  expect(() => parseTable("a,b\n\n1,2,3\n", "t.csv")).toThrow("line 3 has 3 values");
  const table = parseTable("a,b\n1,x\n", "t.csv");
  expect(() => columnOf(table, "a b")).toThrow(
    expect.objectContaining({ hint: "Separate the names by commas: a,b." }),
  );
});
