import { describe, expect, test } from "vitest";
import { mapDocument, mapTables } from "../../../src/views/map-document.ts";
import type { Columns } from "../../../src/views/map-plane.ts";
import { chooseSections } from "../../../src/views/map-slices.ts";
import { drawMapFigure } from "../../../src/views/pictures/map-figure.ts";
import { textWidth } from "../../../src/views/pictures/text-width.ts";
import { LIGHT } from "../../../src/views/pictures/theme.ts";
import type { PhaseDiagramView } from "../../../src/views/planner-views.ts";

const STEPS = 20;

/** A section of `count` labels in bands along the first component. */
function section(count: number): { columns: Columns; view: PhaseDiagramView } {
  const rows: number[][] = [];
  for (let a = 0; a <= STEPS; a++) {
    for (let b = 0; b <= STEPS - a; b++) rows.push([a, b, STEPS - a - b].map((n) => n / STEPS));
  }
  const labels = Array.from({ length: count }, (_, k) =>
    k % 3 === 2 ? `PHASE_${k}+PHASE_${k - 1}` : `PHASE_${k}`,
  );
  const labelIndex = rows.map(([a = 0]) => Math.min(count - 1, Math.floor(a * count)));
  return {
    columns: Object.fromEntries(["Al", "Mg", "Zn"].map((n, k) => [n, rows.map((r) => r[k] ?? 0)])),
    view: {
      labels,
      labelIndex,
      certainty: rows.map((_, k) => (k % 10) / 10),
      components: ["Al", "Mg", "Zn"],
      probabilities: labels.map((_, l) => labelIndex.map((k) => (k === l ? 0.9 : 0.1 / count))),
      tieLines: [
        {
          phases: ["PHASE_0", "PHASE_1"],
          ends: [
            { Al: 0.1, Mg: 0.9, Zn: 0 },
            { Al: 0.5, Mg: 0, Zn: 0.5 },
          ],
        },
      ],
      triangles: [],
    },
  };
}

describe("the figure of a map", () => {
  const { columns, view } = section(15);
  const figure = drawMapFigure({ title: "t & <u>", columns, view, observations: [], theme: LIGHT });

  test("is well-formed: tags close, ids are unique, every reference is defined, no NaN", () => {
    const open: string[] = [];
    for (const [tag, close, name, self] of figure.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
      if (close === "/") expect(open.pop(), tag).toBe(name);
      else if (self !== "/") open.push(name ?? "");
    }
    expect(open).toEqual([]);
    const ids = [...figure.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, reference] of figure.matchAll(/(?:url\(#|href="#)([^)"]+)/g)) {
      expect(ids).toContain(reference);
    }
    expect(figure).not.toMatch(/NaN|undefined|Infinity/);
    expect(figure).toContain("t &amp; &lt;u&gt;");
  });

  test("the key names all fifteen labels, and texts stay inside the picture", () => {
    for (const label of view.labels) expect(figure).toContain(`>${label}</text>`);
    const width = Number(/ width="([\d.]+)"/.exec(figure)?.[1]);
    const key = figure.slice(figure.lastIndexOf("<g transform"));
    expect(key.length).toBeGreaterThan(0);
    const longest = Math.max(...view.labels.map((label) => textWidth(label, 12)));
    expect(width).toBeGreaterThan(2 * 560 + longest);
  });

  test("is the same text each time", () => {
    const again = { title: "t & <u>", columns, view, observations: [], theme: LIGHT };
    expect(drawMapFigure(again)).toBe(figure);
  });
});

describe("a space of one axis", () => {
  const T_K = [300, 400, 500, 600];
  const view: PhaseDiagramView = {
    labels: ["alpha", "alpha+beta"],
    labelIndex: [0, 0, 1, 1],
    certainty: [1, 0.8, 0.6, 1],
    tieLines: [],
    triangles: [],
  };
  test("is drawn as the probability of each label, and its map has no boundaries", () => {
    const svg = drawMapFigure({
      title: "t",
      columns: { T_K },
      view,
      observations: [],
      theme: LIGHT,
    });
    for (const part of ["T (K)", "probability", "alpha+beta"]) expect(svg).toContain(part);
    expect(svg).not.toMatch(/NaN|undefined/);
    const tables = mapTables(
      mapDocument({
        title: "t",
        columns: { T_K },
        view,
        measured: new Set(),
        numberOf: () => undefined,
      }),
    );
    expect([...tables.keys()]).toEqual([""]);
  });
});

describe("the plane and its sections", () => {
  const product = (axes: Record<string, readonly number[]>): Columns => {
    let rows: Record<string, number>[] = [{}];
    for (const [name, values] of Object.entries(axes)) {
      rows = rows.flatMap((row) => values.map((v) => ({ ...row, [name]: v })));
    }
    return Object.fromEntries(Object.keys(axes).map((n) => [n, rows.map((row) => row[n] ?? 0)]));
  };

  test("a binary lies against temperature, whether or not both shares are listed", () => {
    const { x_B = [], T_K = [] } = product({ x_B: [0, 0.5, 1], T_K: [300, 400] });
    const wanted = { kind: "axes", x: "x_B", y: "T_K" };
    expect(chooseSections({ T_K, x_B }, [])).toMatchObject({ plane: wanted, slices: [{}] });
    const x_A = x_B.map((x) => 1 - Number(x));
    const both = chooseSections({ x_A, x_B, T_K }, ["x_A", "x_B"]);
    expect(both).toMatchObject({ plane: wanted, slices: [{}] });
  });

  test("a ternary with temperatures becomes a section at each, at most nine", () => {
    const { columns } = section(3);
    const temperatures = Array.from({ length: 12 }, (_, k) => 300 + 10 * k);
    const stacked = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, temperatures.flatMap(() => values)]),
    );
    const T = temperatures.flatMap((t) => (columns["Al"] ?? []).map(() => t));
    const { plane, slices, leftOut } = chooseSections({ ...stacked, T }, ["Al", "Mg", "Zn"]);
    expect(plane.kind).toBe("ternary");
    expect(slices).toHaveLength(9);
    expect([slices[0]?.["T"], slices.at(-1)?.["T"], leftOut]).toEqual([300, 410, 3]);
  });

  test("four components are drawn as triangles at levels of the fourth", () => {
    const rows: number[][] = [];
    for (let a = 0; a <= 4; a++)
      for (let b = 0; a + b <= 4; b++)
        for (let c = 0; a + b + c <= 4; c++) rows.push([a / 4, b / 4, c / 4, (4 - a - b - c) / 4]);
    const names = ["A", "B", "C", "D"];
    const columns = Object.fromEntries(names.map((n, k) => [n, rows.map((r) => r[k] ?? 0)]));
    const { plane, slices } = chooseSections(columns, names);
    expect(plane).toMatchObject({ kind: "ternary", corners: ["A", "B", "C"], isPart: true });
    expect(slices.map((slice) => slice["D"])).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});

describe("the map as data", () => {
  const { columns, view } = section(4);
  const numberOf = (position: number): number => position + 100;
  const document = mapDocument({ title: "t", columns, view, measured: new Set(["c3"]), numberOf });

  test("every candidate has its label and probabilities; those at a border are marked", () => {
    expect(document.candidates).toHaveLength(((STEPS + 1) * (STEPS + 2)) / 2);
    const [first] = document.candidates;
    expect(first?.phases).toBe("PHASE_0");
    expect(first?.probabilities?.["PHASE_0"]).toBe(0.9);
    expect(document.candidates[3]?.measured).toBe(true);
    for (const { parameters, phases, boundary } of document.candidates) {
      // Bands of five rows: the rows beside a change of label are at the border, the others aren't.
      const row = Math.round(Number(parameters["Al"]) * STEPS);
      const isBeside = [4, 5, 9, 10, 14, 15].includes(row);
      expect(boundary, `${phases} ${row}`).toBe(isBeside);
    }
  });

  test("a boundary is a chain of points inside the triangle between its two labels", () => {
    expect(document.boundaries.map(({ between }) => between)).toContainEqual([
      "PHASE_0",
      "PHASE_1",
    ]);
    for (const { lines } of document.boundaries) {
      expect(lines).toHaveLength(1);
      for (const place of lines.flat()) {
        const parts = Object.values(place);
        expect(parts.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test("as CSV it is a table of candidates, one of boundaries, one of tie-lines", () => {
    const tables = mapTables(document);
    expect([...tables.keys()]).toEqual(["", "boundaries", "tie-lines"]);
    const [header = "", row] = (tables.get("") ?? "").split("\n");
    expect(header).toMatch(/^candidateId,Al,Mg,Zn,phases,probability,measured,boundary,p_PHASE_0/);
    expect(row).toMatch(/^c0,0,0,1,PHASE_0,0,,,0.9,/);
    expect(tables.get("tie-lines")).toContain("PHASE_0,PHASE_1,0.1,0.9,0,0.5,0,0.5");
  });
});
