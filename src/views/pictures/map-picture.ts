import { assert } from "../../core/assert.ts";
import type { MapCells, MapData } from "../map-data.ts";
import { type CellLattice, findLattice } from "./cell-lattice.ts";
import { describeMap } from "./describe-map.ts";
import { labelSpots } from "./label-spots.ts";
import { drawMapAxes, fitMapFrame, type MapFrame } from "./map-frame.ts";
import {
  type DrawnKey,
  drawKey,
  drawMarkKey,
  drawUncertaintyKey,
  type KeyRow,
  keyRows,
  shortNameOf,
} from "./map-key.ts";
import { type LabelStyle, labelStyles, uncertaintyColour } from "./palette.ts";
import { fillId, fillOf, patternDefinitions } from "./pattern-fills.ts";
import { element, pathOf, svgDocument, text, tip } from "./svg.ts";
import { fitText } from "./text-width.ts";
import type { Theme } from "./theme.ts";

export interface MapPictureOptions {
  readonly width: number;
  readonly height?: number | undefined;
  readonly theme: Theme;
  /** What the cells show: the likeliest phases, or how uncertain they are. */
  readonly layer: "phases" | "uncertainty";
  readonly legend?: boolean | undefined;
  /** Written above the map. */
  readonly heading?: string | undefined;
  /** Places that the axes hold beside the cells', where several maps share them. */
  readonly extent?: Pick<MapCells, "x" | "y"> | undefined;
  /** Numbers of the labels, where several maps share a key. */
  readonly keyRows?: readonly KeyRow[] | undefined;
}

const TITLE_HEIGHT = 30;

/**
 * A phase map as SVG: ternary section or two axes, cells coloured by their likeliest phases (pale where uncertain, striped
 * where phases coexist) or by uncertainty, boundaries, tie-lines and triangles, measured points, points in flight, the
 * next batch, a legend. Pure text; no style attributes, so that it can stand in a page with a strict content policy.
 */
export function drawMap(data: MapData, options: MapPictureOptions): string {
  const { theme, layer } = options;
  const frame = fitMapFrame(data.plane, options.extent ?? data.cells, options);
  const styles = labelStyles(data.labels, data.phaseOrder);
  const rows = options.keyRows ?? keyRows(data.labels, [data]);
  const top = options.heading === undefined ? 0 : TITLE_HEIGHT;
  const legend =
    options.legend === false ? undefined : drawLegend(data, rows, styles, frame, options);
  const width = frame.width + (legend === undefined ? 0 : legend.width + 14);
  const used: string[] =
    legend === undefined || layer === "uncertainty"
      ? []
      : rows.map(({ index }) => fillId(index, 1));
  const lattice = findLattice(data.plane, data.cells);
  const cells =
    layer === "phases"
      ? drawPhaseCells(data.cells, lattice, frame, styles, theme, used)
      : drawUncertainty(data, lattice, frame);
  const clip = element(
    "clipPath",
    { id: "plane" },
    element("path", { d: pathOf(frame.outline, true) }),
  );
  const body = [
    element(
      "g",
      { "clip-path": "url(#plane)" },
      cells,
      drawBoundaries(data, lattice, frame, theme),
    ),
    drawMapAxes(data.plane, frame, theme),
    drawOutline(frame, theme),
    drawTies(data, frame, theme),
    drawPoints(data, styles, frame, theme),
    layer === "phases" ? drawLabels(data, frame, rows, theme) : "",
    legend === undefined
      ? ""
      : element("g", { transform: `translate(${frame.width + 4} 16)` }, legend.markup),
  ];
  return svgDocument(
    {
      width,
      height: Math.max(frame.height, (legend?.height ?? 0) + 24) + top,
      title: data.title,
      description: describeMap(data),
      background: theme.background,
    },
    element("defs", {}, clip, patternDefinitions(used, styles, theme)),
    drawHeading(options.heading, Math.min(width, frame.width), theme),
    top === 0 ? body.join("") : element("g", { transform: `translate(0 ${top})` }, ...body),
  );
}

function drawHeading(heading: string | undefined, width: number, theme: Theme): string {
  if (heading === undefined) return "";
  const place = { x: width / 2, y: 21, "text-anchor": "middle" };
  return text(fitText(heading, 15, width - 20), {
    ...place,
    "font-size": 15,
    "font-weight": 600,
    fill: theme.ink,
  });
}

function drawOutline(frame: MapFrame, theme: Theme): string {
  return element("path", {
    d: pathOf(frame.outline, true),
    fill: "none",
    stroke: theme.ink,
    "stroke-width": 1.3,
  });
}

function drawPhaseCells(
  cells: MapCells,
  lattice: CellLattice | undefined,
  frame: MapFrame,
  styles: readonly LabelStyle[],
  theme: Theme,
  used: string[],
): string {
  const groups = new Map<string, number[]>();
  for (let k = 0; k < cells.count; k++) {
    const label = cells.label[k] ?? -1;
    if (label < 0 || styles[label] === undefined) continue;
    const key = fillId(label, cells.certainty[k] ?? 0);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [k]);
    else group.push(k);
  }
  used.push(...groups.keys());
  return [...groups]
    .map(([key, group]) => {
      const d = cellsPath(group, cells, lattice, frame);
      const { ground, pattern } = fillOf(key, styles, theme);
      if (pattern === undefined) return element("path", { d, fill: ground });
      const id = `c${key}`;
      return (
        element("defs", {}, element("path", { id, d })) +
        element("use", { href: `#${id}`, fill: ground }) +
        element("use", { href: `#${id}`, fill: pattern })
      );
    })
    .join("");
}

function drawUncertainty(data: MapData, lattice: CellLattice | undefined, frame: MapFrame): string {
  const steps = 16;
  const groups = Array.from({ length: steps }, (): number[] => []);
  for (let k = 0; k < data.cells.count; k++) {
    const doubt = 1 - (data.cells.certainty[k] ?? 0);
    const group = groups[Math.min(steps - 1, Math.max(0, Math.floor(doubt * steps)))];
    assert(group !== undefined, "the step of uncertainty lies in the list");
    group.push(k);
  }
  return groups
    .map((group, step) =>
      group.length === 0
        ? ""
        : element("path", {
            d: cellsPath(group, data.cells, lattice, frame),
            fill: uncertaintyColour((step + 0.5) / steps),
          }),
    )
    .join("");
}

function cellsPath(
  group: readonly number[],
  cells: MapCells,
  lattice: CellLattice | undefined,
  frame: MapFrame,
): string {
  if (lattice !== undefined) {
    return group.map((k) => pathOf(lattice.outline(k).map(frame.toPixel), true)).join("");
  }
  const r = Math.max(2, Math.min(9, frame.width / (3 * Math.sqrt(cells.count))));
  return group
    .map((k) => {
      const [x, y] = frame.toPixel([cells.x[k] ?? 0, cells.y[k] ?? 0]);
      return pathOf(
        [
          [x - r, y - r],
          [x + r, y - r],
          [x + r, y + r],
          [x - r, y + r],
        ],
        true,
      );
    })
    .join("");
}

function drawBoundaries(
  data: MapData,
  lattice: CellLattice | undefined,
  frame: MapFrame,
  theme: Theme,
): string {
  const lines = (lattice?.edges ?? []).filter(
    ({ a, b }) => data.cells.label[a] !== data.cells.label[b],
  );
  const d = lines
    .map(({ x1, y1, x2, y2 }) => pathOf([frame.toPixel([x1, y1]), frame.toPixel([x2, y2])]))
    .join("");
  return element("path", {
    d,
    fill: "none",
    stroke: theme.ink,
    "stroke-width": 0.9,
    "stroke-linecap": "round",
  });
}

function drawTies(data: MapData, frame: MapFrame, theme: Theme): string {
  const ties = data.tieLines
    .map(([x1, y1, x2, y2]) => pathOf([frame.toPixel([x1, y1]), frame.toPixel([x2, y2])]))
    .join("");
  const triangles = data.triangles.map((corners) => {
    const places = [0, 2, 4].map((k) => frame.toPixel([corners[k] ?? 0, corners[k + 1] ?? 0]));
    return pathOf(places, true);
  });
  const line = { fill: "none", stroke: theme.ink, "stroke-opacity": 0.55 };
  return (
    element("path", { d: ties, ...line, "stroke-width": 1, "stroke-dasharray": "5 3" }) +
    element("path", { d: triangles.join(""), ...line, "stroke-width": 1.6 })
  );
}

function drawPoints(
  data: MapData,
  styles: readonly LabelStyle[],
  frame: MapFrame,
  theme: Theme,
): string {
  const colourOf = new Map(styles.map((style) => [style.label, style.colours[0]]));
  const measured = data.measured.map((point) => {
    const [cx, cy] = frame.toPixel([point.x, point.y]);
    const fill = colourOf.get(point.label ?? "") ?? theme.background;
    return element(
      "circle",
      { cx, cy, r: 3, fill, stroke: theme.ink, "stroke-width": 1.1 },
      tip(point.text),
    );
  });
  const inFlight = data.inFlight.map((point) => {
    const [cx, cy] = frame.toPixel([point.x, point.y]);
    return element(
      "circle",
      { cx, cy, r: 6, fill: theme.background, stroke: theme.accent, "stroke-width": 2.5 },
      tip(point.text),
    );
  });
  const batch = data.batch.map((point) => {
    const [x, y] = frame.toPixel([point.x, point.y]);
    const d = pathOf(
      [
        [x, y - 7],
        [x + 7, y],
        [x, y + 7],
        [x - 7, y],
      ],
      true,
    );
    // A pale rim keeps the mark visible on dark ground.
    const rim = { d, fill: "none", stroke: theme.background, "stroke-width": 5 };
    const line = { d, fill: "none", stroke: theme.accent, "stroke-width": 2.5 };
    return element("path", rim) + element("path", line, tip(point.text));
  });
  return [...measured, ...inFlight, ...batch].join("");
}

function drawLabels(data: MapData, frame: MapFrame, rows: readonly KeyRow[], theme: Theme): string {
  const numbers = new Map(rows.map((row) => [row.index, shortNameOf(row)]));
  return labelSpots(data, frame, (label) => numbers.get(label))
    .map(({ label, x, y }) =>
      text(label, {
        x,
        y: y + 4,
        "text-anchor": "middle",
        "font-size": 11,
        "font-weight": 600,
        fill: theme.ink,
        stroke: theme.background,
        "stroke-width": 3,
        "stroke-opacity": 0.8,
        "paint-order": "stroke",
      }),
    )
    .join("");
}

function drawLegend(
  data: MapData,
  rows: readonly KeyRow[],
  styles: readonly LabelStyle[],
  frame: MapFrame,
  { theme, layer }: MapPictureOptions,
): DrawnKey {
  const marks = drawMarkKey([data], theme);
  const room = Math.max(160, frame.height - marks.height - 50);
  const labels =
    layer === "uncertainty" ? drawUncertaintyKey(theme) : drawKey(rows, styles, theme, room);
  const gap = labels.height + (labels.height === 0 ? 0 : 12);
  return {
    markup: labels.markup + element("g", { transform: `translate(0 ${gap})` }, marks.markup),
    width: Math.max(labels.width, marks.width),
    height: gap + marks.height,
  };
}
