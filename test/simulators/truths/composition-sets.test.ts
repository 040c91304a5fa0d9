import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("../../../simulators/truths/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");

test.each([
  ["al-mg-zn_608K_2p5pct.csv", "al-mg-zn_608K.json"],
  ["al-zn.csv", "al-zn.json"],
])("%s numbers the twins of its miscibility gap as its sidecar says", (table, sidecar) => {
  const { elements, composition_set_rule } = JSON.parse(read(sidecar)) as {
    readonly elements: readonly string[];
    readonly composition_set_rule: { readonly FCC_A1?: string };
  };
  const element = /#1 is the set richer in (\w+)$/.exec(composition_set_rule.FCC_A1 ?? "")?.[1];
  const letter = "ABC"[elements.indexOf(element ?? "")];
  const [header = "", ...lines] = read(table).trim().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => {
    const cells = line.split(",");
    return (name: string): string => cells[names.indexOf(name)] ?? "";
  });
  const gaps = rows.filter((cell) => cell("phases") === "FCC_A1#1+FCC_A1#2");
  expect(gaps.length).toBeGreaterThan(5);
  for (const cell of gaps) {
    const [one, two] = cell("phase_1") === "FCC_A1#1" ? [1, 2] : [2, 1];
    expect(Number(cell(`x_${one}_${letter}`))).toBeGreaterThan(Number(cell(`x_${two}_${letter}`)));
  }
  const where = table === "al-zn.csv" ? /`FCC_A1#1` is\s+the set richer in (\w+)/ : /here the one richer in (\w+)\)/;
  expect(where.exec(read("PROVENANCE.md"))?.[1]).toBe(element);
});
