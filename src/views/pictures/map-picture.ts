import { assert } from "../../core/assert.ts";
import type { MapCells, MapData } from "../map-data.ts";
import { type CellLattice, findLattice } from "./cell-lattice.ts";
import { labelSpots } from "./label-spots.ts";
import { drawMapAxes, fitMapFrame, type MapFrame } from "./map-frame.ts";
import {
  type LabelStyle,
  labelStyles,
  mix,
  shareOfCertainty,
  uncertaintyColour,
} from "./palette.ts";
import { element, pathOf, svgDocument, text } from "./svg.ts";
import type { Theme } from "./theme.ts";

export interface MapPictureOptions {
  readonly width: number;
  readonly height?: number | undefined;
  readonly theme: Theme;
  /** What the cells show: the likeliest phases, or how uncertain they are. */
  readonly layer: "phases" | "uncertainty";
  readonly legend?: boolean | undefined;
}

/** Steps of certainty that are told apart by shade: more would only make the file larger. */
const SHADES = 5;
const LEGEND_WIDTH = 230;
const LEGEND_ROWS_MAX = 24;
const LEGEND_ROW = 18;

/**
 * A phase map as SVG: ternary section or two axes, cells coloured by their likeliest phases (pale where uncertain, striped
 * where phases coexist) or by uncertainty, boundaries, tie-lines and triangles, measured points, points in flight, the
 * next batch, a legend. Pure text; no style attributes, so that it can stand in a page with a strict content policy.
 */
export function drawMap(data: MapData, options: MapPictureOptions): string {
  const { theme, layer } = options;
  const frame = fitMapFrame(data.plane, data.cells, options);
  const styles = labelStyles(data.labels, data.phaseOrder);
  const lattice = findLattice(data.plane, data.cells);
  const legend = options.legend === false ? "" : drawLegend(data, styles, frame, options);
  const rows = options.legend === false ? 0 : legendRows(data, options).length;
  const clip = element(
    "clipPath",
    { id: "plane" },
    element("path", { d: pathOf(frame.outline, true) }),
  );
  const definitions = [clip, ...stripePatterns(styles, theme)];
  const cells =
    layer === "phases"
      ? drawPhaseCells(data.cells, lattice, frame, styles)
      : drawUncertainty(data, lattice, frame);
  return svgDocument(
    {
      width: options.legend === false ? frame.width : frame.width + LEGEND_WIDTH,
      height: Math.max(frame.height, rows * LEGEND_ROW + 40),
      title: data.title,
      description: describeMap(data),
      background: theme.background,
    },
    element("defs", {}, ...definitions),
    element(
      "g",
      { "clip-path": "url(#plane)" },
      cells,
      drawBoundaries(data, lattice, frame, theme),
    ),
    drawMapAxes(data.plane, frame, theme),
    element("path", {
      d: pathOf(frame.outline, true),
      fill: "none",
      stroke: theme.ink,
      "stroke-width": 1.3,
    }),
    drawTies(data, frame, theme),
    drawPoints(data, styles, frame, theme),
    layer === "phases" ? drawLabels(data, frame, theme) : "",
    legend,
  );
}

/** What the map shows in two sentences, for those who can't see it. */
export function describeMap(data: MapData): string {
  const { cells, labels, measured } = data;
  const counts = labels.map((label, k) => ({ label, share: shareOfLabel(cells, k) }));
  const parts = counts
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .map(({ label, share }) => `${label} ${Math.round(share * 100)} %`);
  const known =
    parts.length === 0 ? "No phase is known yet." : `Phases by area: ${parts.join(", ")}.`;
  return `${measured.length} points measured, ${data.inFlight.length} in flight. ${known}`;
}

export function shareOfLabel(cells: MapCells, label: number): number {
  let count = 0;
  for (const value of cells.label) if (value === label) count++;
  return cells.count === 0 ? 0 : count / cells.count;
}

function stripePatterns(styles: readonly LabelStyle[], theme: Theme): string[] {
  return styles.flatMap(({ colours }, label) =>
    Array.from({ length: SHADES }, (_, shade) => {
      const width = 5;
      const share = shareOfCertainty((shade + 0.5) / SHADES);
      const stripes = colours.map((colour, k) =>
        element("rect", {
          x: k * width,
          width,
          height: 8,
          fill: mix(colour, theme.background, share),
        }),
      );
      return element(
        "pattern",
        {
          id: `l${label}s${shade}`,
          width: colours.length * width,
          height: 8,
          patternUnits: "userSpaceOnUse",
          patternTransform: "rotate(45)",
        },
        ...stripes,
      );
    }),
  );
}

function drawPhaseCells(
  cells: MapCells,
  lattice: CellLattice | undefined,
  frame: MapFrame,
  styles: readonly LabelStyle[],
): string {
  const groups = new Map<string, number[]>();
  for (let k = 0; k < cells.count; k++) {
    const label = cells.label[k] ?? -1;
    if (label < 0 || styles[label] === undefined) continue;
    const shade = Math.min(SHADES - 1, Math.floor((cells.certainty[k] ?? 0) * SHADES));
    const key = `l${label}s${shade}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [k]);
    else group.push(k);
  }
  return [...groups]
    .map(([key, group]) =>
      element("path", { d: cellsPath(group, cells, lattice, frame), fill: `url(#${key})` }),
    )
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
  const r = Math.max(2, Math.min(9, frame.width / (2.2 * Math.sqrt(cells.count))));
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
  const titled = (content: string): string =>
    element("title", {}, content.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
  const measured = data.measured.map((point) => {
    const [cx, cy] = frame.toPixel([point.x, point.y]);
    const fill = colourOf.get(point.label ?? "") ?? theme.background;
    return element(
      "circle",
      { cx, cy, r: 3, fill, stroke: theme.ink, "stroke-width": 1.1 },
      titled(point.text),
    );
  });
  const inFlight = data.inFlight.map((point) => {
    const [cx, cy] = frame.toPixel([point.x, point.y]);
    return element(
      "circle",
      { cx, cy, r: 6, fill: theme.background, stroke: theme.accent, "stroke-width": 2.5 },
      titled(point.text),
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
    return element(
      "path",
      { d, fill: "none", stroke: theme.accent, "stroke-width": 2.5 },
      titled(point.text),
    );
  });
  return [...measured, ...inFlight, ...batch].join("");
}

function drawLabels(data: MapData, frame: MapFrame, theme: Theme): string {
  return labelSpots(data, frame)
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

function legendRows(
  data: MapData,
  { layer }: MapPictureOptions,
): { label: string; index: number }[] {
  if (layer === "uncertainty") return [];
  return data.labels
    .map((label, index) => ({ label, index, share: shareOfLabel(data.cells, index) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, LEGEND_ROWS_MAX)
    .map(({ label, index }) => ({ label, index }));
}

function drawLegend(
  data: MapData,
  styles: readonly LabelStyle[],
  frame: MapFrame,
  options: MapPictureOptions,
): string {
  const { theme } = options;
  const x = frame.width + 4;
  const ink = { fill: theme.ink, "font-size": 12 };
  if (options.layer === "uncertainty") {
    const steps = Array.from({ length: 20 }, (_, k) =>
      element("rect", {
        x,
        y: 40 + (19 - k) * 8,
        width: 16,
        height: 8.5,
        fill: uncertaintyColour((k + 0.5) / 20),
      }),
    );
    return [
      text("Uncertainty", { x, y: 26, ...ink, "font-weight": 600 }),
      ...steps,
      text("1: nothing known", { x: x + 22, y: 50, ...ink }),
      text("0: certain", { x: x + 22, y: 200, ...ink }),
    ].join("");
  }
  return legendRows(data, options)
    .map(({ label, index }, row) => {
      const y = 16 + row * LEGEND_ROW;
      const share = shareOfLabel(data.cells, index);
      const fill = styles[index] === undefined ? theme.surface : `url(#l${index}s${SHADES - 1})`;
      const name = label.length > 23 ? `${label.slice(0, 22)}…` : label;
      return (
        element("rect", {
          x,
          y,
          width: 14,
          height: 12,
          fill,
          stroke: theme.ink,
          "stroke-width": 0.6,
        }) +
        text(`${name}  ${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`, {
          x: x + 20,
          y: y + 10,
          ...ink,
        })
      );
    })
    .join("");
}
