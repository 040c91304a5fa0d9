import { discoveryOrder, gatherMapData, type MapData, type MapPoint } from "../map-data.ts";
import { type Columns, type MapPlane, placeIn } from "../map-plane.ts";
import { chooseSections, type Slice } from "../map-slices.ts";
import { formatNumber } from "../observation-summary.ts";
import type { PhaseDiagramView } from "../planner-views.ts";
import type { Results } from "../results.ts";
import { axisTitle } from "./axis-title.ts";
import { drawChart, type Series } from "./chart.ts";
import { describeMap } from "./describe-map.ts";
import { composeFigure, heightOfRows, widthOfRows } from "./figure.ts";
import {
  type DrawnKey,
  drawKey,
  drawMarkKey,
  drawUncertaintyKey,
  type KeyRow,
  keyRows,
} from "./map-key.ts";
import { drawMap } from "./map-picture.ts";
import { labelStyles, meanColour } from "./palette.ts";
import { fillId, patternDefinitions } from "./pattern-fills.ts";
import { element } from "./svg.ts";
import type { Theme } from "./theme.ts";

export interface MapFigureSources {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** Candidates by column. */
  readonly columns: Columns;
  readonly view: PhaseDiagramView;
  readonly observations: Results;
  /** Points to measure next. */
  readonly next?: readonly ProposedPlace[] | undefined;
  /** The true label of each candidate, where a campaign was played against a known diagram. */
  readonly truth?: readonly string[] | undefined;
  /** Two axes to draw instead of the plane that fits the space best. */
  readonly axes?: readonly [string, string] | undefined;
  /** The key under the maps, for a narrow page, in place of beside them. */
  readonly isKeyBelow?: boolean | undefined;
  /** Further pictures, under the map. */
  readonly below?: readonly string[] | undefined;
  readonly theme: Theme;
}

export interface ProposedPlace {
  readonly candidateId: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly why: string;
}

const WIDTH = { single: 560, section: 330 };
const SECTIONS_A_ROW = 3;
const HEADING = "Likeliest phases";

/**
 * The figure of a phase map: for one plane the map beside its uncertainty (or beside the truth, where that is known), for
 * more dimensions a section at each level; one key for all, and further pictures under it.
 */
export function drawMapFigure(sources: MapFigureSources): string {
  const { theme, title, subtitle } = sources;
  const maps = gatherMaps(sources);
  const rows = keyRows(
    maps.labels,
    maps.sections.map(({ data }) => data),
  );
  const pictures = [...drawSections(sources, maps, rows), sources.below ?? []].map((row) =>
    row.map((svg) => ({ svg })),
  );
  const datas = maps.sections.map(({ data }) => data);
  const [first] = maps.sections;
  const isOnePlane = maps.sections.length === 1 && first !== undefined && !isLine(first.data.plane);
  const hasScale = isOnePlane && sources.truth === undefined;
  const room = { height: heightOfRows(pictures), width: widthOfRows(pictures) };
  const { isKeyBelow = false } = sources;
  const key = isKeyBelow
    ? drawKeyBelow(rows, datas, { width: room.width, hasScale }, theme)
    : drawKeyBeside(rows, datas, { height: room.height, hasScale }, theme);
  const left = maps.leftOut > 0 ? [`${maps.leftOut} further sections are not drawn`] : [];
  return composeFigure(pictures, {
    title,
    subtitle: [...(subtitle === undefined ? [] : [subtitle]), ...left].join("; ") || undefined,
    description: datas.length === 1 && datas[0] !== undefined ? describeMap(datas[0]) : title,
    theme,
    key,
    isKeyBelow,
    definitions: patternDefinitions(
      rows.map(({ index }) => fillId(index, 1)),
      labelStyles(maps.labels, maps.order),
      theme,
    ),
  });
}

interface GatheredMaps {
  readonly labels: readonly string[];
  readonly order: readonly string[];
  readonly sections: readonly {
    readonly slice: Slice;
    readonly data: MapData;
    readonly truth?: MapData | undefined;
  }[];
  readonly leftOut: number;
}

function gatherMaps(sources: MapFigureSources): GatheredMaps {
  const { columns, view, observations, truth, title } = sources;
  const { plane, slices, leftOut } = chooseSections(columns, view.components, sources.axes);
  const labels = [...new Set([...view.labels, ...(truth ?? [])])];
  const place = new Map(labels.map((label, k) => [label, k]));
  const order = [
    ...new Set([...discoveryOrder(observations), ...labels.flatMap((l) => l.split("+"))]),
  ];
  const trueView: PhaseDiagramView | undefined = truth && {
    labels,
    labelIndex: truth.map((label) => place.get(label) ?? -1),
    certainty: truth.map(() => 1),
    tieLines: [],
    triangles: [],
  };
  const gathered = slices.map((slice) => {
    const base = { title, plane, columns, slice };
    const data = gatherMapData({ ...base, view: { ...view, labels }, observations });
    const batch = (sources.next ?? []).flatMap((point): MapPoint[] => {
      const at = placeIn(plane, point.parameters);
      const isHere = Object.entries(slice).every(([axis, v]) => point.parameters[axis] === v);
      return at === undefined || !isHere
        ? []
        : [{ x: at[0], y: at[1], candidateId: point.candidateId, text: `next: ${point.why}` }];
    });
    return {
      slice,
      data: { ...data, phaseOrder: order, batch },
      truth: trueView && {
        ...gatherMapData({ ...base, view: trueView, observations: [] }),
        phaseOrder: order,
      },
    };
  });
  // Pure fourth component: there is nothing to share among the three.
  const sections = gathered.filter(({ data }) => data.cells.count > 0);
  return { labels, order, sections, leftOut };
}

function drawSections(
  { theme, view }: MapFigureSources,
  { sections }: GatheredMaps,
  rows: readonly KeyRow[],
): string[][] {
  const [only] = sections;
  if (only !== undefined && isLine(only.data.plane)) return [[drawLine(only.data, view, theme)]];
  const base = { theme, legend: false, keyRows: rows } as const;
  if (sections.length === 1 && only !== undefined) {
    const options = { ...base, width: WIDTH.single };
    const map = drawMap(only.data, { ...options, layer: "phases", heading: HEADING });
    if (only.truth !== undefined) {
      return [[map, drawMap(only.truth, { ...options, layer: "phases", heading: "The truth" })]];
    }
    const bare = { ...only.data, tieLines: [], triangles: [] };
    const doubt = {
      ...options,
      layer: "uncertainty",
      heading: "Uncertainty",
    } as const;
    return [[map, drawMap({ ...bare, measured: only.data.measured }, doubt)]];
  }
  // All sections on the same axes.
  const extent = {
    x: Float64Array.from(sections.flatMap(({ data }) => Array.from(data.cells.x))),
    y: Float64Array.from(sections.flatMap(({ data }) => Array.from(data.cells.y))),
  };
  const pictures = sections.map(({ slice, data }) =>
    drawMap(data, {
      ...{ ...base, width: WIDTH.section, layer: "phases", heading: nameSlice(slice), extent },
    }),
  );
  return Array.from({ length: Math.ceil(pictures.length / SECTIONS_A_ROW) }, (_, k) =>
    pictures.slice(k * SECTIONS_A_ROW, (k + 1) * SECTIONS_A_ROW),
  );
}

/** A space of one axis has no plane. */
function isLine(plane: MapPlane): plane is Extract<MapPlane, { kind: "axes" }> {
  return plane.kind === "axes" && plane.x === plane.y;
}

/** The probabilities of the labels along the only axis, with what is measured and what comes next. */
function drawLine(data: MapData, view: PhaseDiagramView, theme: Theme): string {
  const { cells, labels, plane } = data;
  const order = Array.from({ length: cells.count }, (_, k) => k).sort(
    (a, b) => (cells.x[a] ?? 0) - (cells.x[b] ?? 0),
  );
  const styles = labelStyles(labels, data.phaseOrder);
  const probability = (label: number, cell: number): number =>
    view.probabilities?.[label]?.[cells.row[cell] ?? -1] ??
    (cells.label[cell] === label ? (cells.certainty[cell] ?? 0) : 0);
  const lines = labels.map((label, l): Series => {
    const { colours = [] } = styles[l] ?? {};
    return {
      ...{ name: label, colour: meanColour(colours), kind: "line", dashed: colours.length > 1 },
      x: order.map((k) => cells.x[k] ?? 0),
      y: order.map((k) => probability(l, k)),
    };
  });
  const dots = (name: string, colour: string, points: readonly MapPoint[]): Series => ({
    ...{ name, colour, kind: "dots", titles: points.map(({ text }) => text) },
    x: points.map(({ x }) => x),
    y: points.map(() => 1),
  });
  const name = plane.kind === "axes" ? plane.x : "";
  return drawChart(
    [...lines, dots("measured", theme.ink, data.measured), dots("next", theme.accent, data.batch)],
    {
      ...{ title: data.title, description: describeMap(data), theme, heading: HEADING },
      ...{ xName: name, yName: "probability", width: 760, height: 320, yMin: 0, yMax: 1.05 },
    },
  );
}

/** `T (K) = 700, p (GPa) = 1`. */
function nameSlice(slice: Slice): string {
  return Object.entries(slice)
    .map(([axis, value]) => `${axisTitle(axis)} = ${formatNumber(value)}`)
    .join(", ");
}

function drawKeyBeside(
  rows: readonly KeyRow[],
  maps: readonly MapData[],
  { height, hasScale }: { readonly height: number; readonly hasScale: boolean },
  theme: Theme,
): DrawnKey {
  const styles = labelStyles(maps[0]?.labels ?? [], maps[0]?.phaseOrder);
  const below = [drawMarkKey(maps, theme), ...(hasScale ? [drawUncertaintyKey(theme)] : [])];
  const taken = below.reduce((sum, part) => sum + part.height + 12, 0);
  const parts = [drawKey(rows, styles, theme, Math.max(200, height - taken - 40)), ...below];
  let y = 0;
  const markup = parts.map((part) => {
    const placed = element("g", { transform: `translate(0 ${y})` }, part.markup);
    y += part.height + 12;
    return placed;
  });
  const width = Math.max(...parts.map((part) => part.width));
  return { markup: markup.join(""), width, height: y };
}

function drawKeyBelow(
  rows: readonly KeyRow[],
  maps: readonly MapData[],
  { width, hasScale }: { readonly width: number; readonly hasScale: boolean },
  theme: Theme,
): DrawnKey {
  const styles = labelStyles(maps[0]?.labels ?? [], maps[0]?.phaseOrder);
  const right = [drawMarkKey(maps, theme), ...(hasScale ? [drawUncertaintyKey(theme)] : [])];
  const taken = right.reduce((sum, part) => sum + part.width, 0);
  const labels = widestKey(rows, styles, theme, width - taken);
  let x = 0;
  const markup = [labels, ...right].map((part) => {
    const placed = element("g", { transform: `translate(${x} 0)` }, part.markup);
    x += part.width;
    return placed;
  });
  const height = Math.max(...[labels, ...right].map((part) => part.height));
  return { markup: markup.join(""), width: x, height };
}

/** The lowest key that is no wider than this. */
function widestKey(
  rows: readonly KeyRow[],
  styles: ReturnType<typeof labelStyles>,
  theme: Theme,
  width: number,
): DrawnKey {
  for (let columns = 5; columns > 1; columns--) {
    const key = drawKey(rows, styles, theme, 18 * Math.max(6, Math.ceil(rows.length / columns)));
    if (key.width <= width) return key;
  }
  return drawKey(rows, styles, theme, 18 * rows.length);
}
