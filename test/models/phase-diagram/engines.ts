import { binaryAxes } from "../../../src/models/phase-diagram/binary/binary-grid.ts";
import { createBinaryModel } from "../../../src/models/phase-diagram/binary/binary-model.ts";
import { createGraphMap } from "../../../src/models/phase-diagram/graph/graph-map.ts";
import { balanced } from "../../../src/models/phase-diagram/graph/scores/rarity.ts";
import { createHullModel } from "../../../src/models/phase-diagram/hull/hull-model.ts";
import { LowerHull } from "../../../src/models/phase-diagram/hull/lower-hull.ts";
import { absentIn } from "../../../src/models/phase-diagram/hull/simplex-geometry.ts";
import type {
  MapGrid,
  MapModel,
  PhaseEvidence,
} from "../../../src/models/phase-diagram/map-model.ts";
import {
  createStackModel,
  createTriangulationModel,
} from "../../../src/models/phase-diagram/triangulation/index.ts";
import { orderGrid } from "../../../src/planning/phase-diagram/map-grid.ts";
import { toyBinary, toyResult } from "./binary/toy-binary.ts";
import { toyEvidence, toyGrid } from "./triangulation/toy-section.ts";

/** One engine on a small problem whose truth is known. */
export interface ToyEngine {
  readonly name: string;
  readonly grid: MapGrid;
  /** What the engine calls itself. */
  readonly method: string;
  create(): MapModel;
  /** What a perfect experiment at candidate i finds. */
  truth(i: number, id?: number): PhaseEvidence;
  /** A candidate in the middle of the map, apart from `known`. */
  readonly middle: number;
  /** Candidates that are known from the start. */
  readonly known: readonly number[];
  /** True where the engine says when nothing is left to learn. */
  readonly completes: boolean;
}

const section = toyGrid(8);
const corners = edgesOf(section, 3);

/** All engines, those of the triangulation and of the stack with and without noise. */
export const ENGINES: readonly ToyEngine[] = [
  graphEngine("harmonic", "graph"),
  graphEngine("process", "process"),
  ...[undefined, 0.01].map(
    (noise): ToyEngine => ({
      name: noise === undefined ? "triangulation" : "triangulation with noise",
      grid: section,
      method: "triangulation",
      create: () => createTriangulationModel(section, { noise }),
      truth: (i, id) => toyEvidence(section, i, id),
      middle: at(section, [0.375, 0.25, 0.375]),
      known: corners,
      completes: true,
    }),
  ),
  ...[undefined, 0.01].map(stackEngine),
  hullEngine(),
  binaryEngine(),
];

function graphEngine(field: "harmonic" | "process", name: string): ToyEngine {
  const rows = Array.from({ length: section.count }, (_, i) => {
    const [x_A, x_B, x_C] = section.values.subarray(3 * i, 3 * i + 3);
    return { x_A: x_A!, x_B: x_B!, x_C: x_C! };
  });
  const grid = orderGrid(rows);
  return {
    name,
    grid,
    method: field === "harmonic" ? "harmonic" : "gaussian-process",
    create: () =>
      createGraphMap(grid, {
        field,
        score: balanced,
        diversity: "local-penalty",
        initial: 0,
        usesPhaseRule: true,
        usesMidpoints: false,
      }),
    truth: (i, id) => toyEvidence(grid, i, id),
    middle: at(grid, [0.375, 0.25, 0.375]),
    known: edgesOf(grid, 3),
    completes: false,
  };
}

function stackEngine(noise: number | undefined): ToyEngine {
  const levels = [500, 600, 700];
  const rows = levels.flatMap((T) =>
    Array.from({ length: section.count }, (_, i) => [
      T,
      ...section.values.subarray(3 * i, 3 * i + 3),
    ]),
  );
  const grid: MapGrid = {
    ...section,
    count: rows.length,
    axes: ["T", "x_A", "x_B", "x_C"],
    values: Float64Array.from(rows.flat()),
    components: [1, 2, 3],
  };
  return {
    name: noise === undefined ? "stack" : "stack with noise",
    grid,
    method: "triangulation-stack",
    create: () => createStackModel(grid, { noise }),
    truth: (i, id = i) => ({ ...toyEvidence(section, i % section.count, id), candidate: i }),
    middle: section.count + at(section, [0.375, 0.25, 0.375]),
    known: corners,
    completes: true,
  };
}

/** Four elements, a binary and a quaternary compound, with energies. */
function hullEngine(): ToyEngine {
  const phases = { A: [1, 0, 0, 0], B: [0, 1, 0, 0], C: [0, 0, 1, 0], D: [0, 0, 0, 1] };
  const compounds = { P: [0.5, 0.5, 0, 0], R: [0.25, 0.25, 0.25, 0.25] };
  const all: [string, number[]][] = Object.entries({ ...phases, ...compounds });
  const nodes = all.map(([, x]) => {
    const mix = Float64Array.from(x);
    return { x: mix, absent: absentIn(mix) };
  });
  const hull = new LowerHull(nodes, Float64Array.from([0, 0, 0, 0, -1, -1.4]));
  const rows: number[][] = [];
  const n = 6;
  for (let a = 0; a <= n; a++)
    for (let b = 0; a + b <= n; b++)
      for (let c = 0; a + b + c <= n; c++) rows.push([a, b, c, n - a - b - c].map((k) => k / n));
  const grid: MapGrid = {
    count: rows.length,
    axes: ["A", "B", "C", "D"],
    values: Float64Array.from(rows.flat()),
    components: [0, 1, 2, 3],
    wholeAmount: 1,
    points: new Float64Array(0),
    dimension: 3,
  };
  return {
    name: "hull",
    grid,
    method: "pseudo-energy-hull",
    create: () => createHullModel(grid),
    truth: (i, id = i) => {
      const { vertices, weights } = hull.locate(Float64Array.from(rows[i]!));
      const there = vertices.filter((_, k) => weights[k]! > 1e-6).map((v) => all[v]!);
      const ends = there.map(([phase, composition]) => ({ phase, composition }));
      ends.sort((p, q) => (p.phase < q.phase ? -1 : 1));
      const names = ends.map(({ phase }) => phase);
      return { id, candidate: i, phases: names, ends, confidence: 1, known: false };
    },
    middle: rows.findIndex((x) => x.join() === [2, 1, 2, 1].map((k) => k / n).join()),
    known: edgesOf(grid, 4),
    completes: true,
  };
}

function binaryEngine(): ToyEngine {
  const grid = toyBinary();
  const axes = binaryAxes(grid)!;
  return {
    name: "binary",
    grid,
    method: "binary-fields",
    create: () => createBinaryModel(grid, axes),
    truth: (i, id) => toyResult(grid, i, id),
    middle: 10 * 21 + 8,
    known: [0, 20, 30 * 21, 30 * 21 + 20],
    completes: true,
  };
}

function at(grid: MapGrid, x: readonly number[]): number {
  for (let i = 0; i < grid.count; i++)
    if (x.every((v, k) => Math.abs(v - grid.values[i * grid.axes.length + k]!) < 1e-9)) return i;
  throw new Error(`no candidate at ${x.join()}`);
}

/** The pure components. */
function edgesOf(grid: MapGrid, width: number): number[] {
  return Array.from({ length: grid.count }, (_, i) => i).filter(
    (i) => Math.max(...grid.values.subarray(i * width, (i + 1) * width)) === 1,
  );
}
