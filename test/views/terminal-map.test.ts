import { describe, expect, test } from "vitest";
import { gatherMapData } from "../../src/views/map-data.ts";
import { createTerminalMap } from "../../src/views/terminal-map.ts";

const rows: number[][] = [];
for (let a = 0; a <= 10; a++) {
  for (let b = 0; a + b <= 10; b++) rows.push([a / 10, b / 10, (10 - a - b) / 10]);
}
const names = ["Al", "Mg", "Zn"] as const;
const data = {
  ...gatherMapData({
    title: "t",
    plane: { kind: "ternary", corners: names, total: 1 },
    columns: Object.fromEntries(names.map((name, k) => [name, rows.map((row) => row[k] ?? 0)])),
    view: {
      labels: ["fcc", "hcp"],
      labelIndex: rows.map(([a = 0]) => (a > 0.5 ? 1 : 0)),
      certainty: rows.map(() => 1),
      tieLines: [],
      triangles: [],
    },
    observations: [],
  }),
  inFlight: [{ x: 0.5, y: 0.1, candidateId: "c1", text: "" }],
};
const size = { columns: 80, rows: 14 };

describe("the map in a terminal", () => {
  test("without colours: a triangle of letters with its corners, the key beside it, nothing wider than asked", () => {
    const map = createTerminalMap(data.plane, data.cells, { ...size, colours: "none" });
    const lines = map.draw(data);
    expect(lines).toHaveLength(16);
    expect(lines[0]?.trim()).toBe("Al");
    expect(lines.at(-1)).toMatch(/^Mg +Zn$/);
    expect(lines[1]).toMatch(/^ +B+ +A +\d+ % fcc$/);
    expect(lines[14]).toMatch(/^A+/);
    expect(lines.join("\n")).toMatch(/A+○A+/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(map.draw(data)).toEqual(lines);
  });

  test.each(["true", "256"] as const)("with %s colours every sequence is closed", (colours) => {
    const lines = createTerminalMap(data.plane, data.cells, { ...size, colours }).draw(data);
    const text = lines.join("\n");
    expect(text).toContain(colours === "true" ? "\x1b[38;2;" : "\x1b[38;5;");
    for (const line of lines) {
      const last = line.lastIndexOf("\x1b[");
      if (last >= 0) expect(line.slice(last, last + 4)).toBe("\x1b[0m");
    }
    expect(text).not.toMatch(/NaN|undefined/);
  });
});
