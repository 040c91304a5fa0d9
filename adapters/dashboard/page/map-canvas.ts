import type { MapCells, MapData, MapPoint } from "../../../src/views/map-data.ts";
import { type LabelSpot, labelSpots } from "../../../src/views/pictures/label-spots.ts";
import type { MapFrame } from "../../../src/views/pictures/map-frame.ts";
import { keyRows, shortNameOf } from "../../../src/views/pictures/map-key.ts";
import {
  type LabelStyle,
  labelStyles,
  mix,
  type PhaseTexture,
  rgbOf,
  shareOfCertainty,
  uncertaintyColour,
} from "../../../src/views/pictures/palette.ts";
import type { Theme } from "../../../src/views/pictures/theme.ts";
import { buildCellIndex } from "./cell-index.ts";
import { sameCells, sameNumbers } from "./same-cells.ts";

export interface MapLayers {
  readonly cells: "phases" | "uncertainty";
  readonly ties: boolean;
  readonly points: boolean;
  readonly names: boolean;
  /** The one region that is shown; the others are pale. */
  readonly picked?: string | undefined;
}

export interface MapScene {
  readonly data: MapData;
  readonly frame: MapFrame;
  readonly theme: Theme;
  readonly layers: MapLayers;
  /** Candidate that a table row or the keyboard points at. */
  readonly marked?: string | undefined;
}

/** Draws maps on one canvas; keeps what does not change between drawings. */
export interface MapCanvas {
  /** Draws the scene; returns the time that it took, ms. */
  draw(scene: MapScene): number;
  /** The cell under a pixel of the frame, -1 outside. */
  cellAt(x: number, y: number): number;
}

/** Shades of certainty; each label has one colour a shade and stripe. */
const SHADES = 16;
const STRIPE_px = 5;
const TEXTURES: readonly PhaseTexture[] = ["plain", "dots", "hatch"];

export function createMapCanvas(canvas: HTMLCanvasElement): MapCanvas {
  let index = new Int32Array(0);
  let indexKey = "";
  let image: ImageData | undefined;
  let ratio = 1;

  const prepare = ({ data, frame }: MapScene, context: CanvasRenderingContext2D): ImageData => {
    ratio = Math.min(3, window.devicePixelRatio || 1);
    const [width, height] = [Math.round(frame.width * ratio), Math.round(frame.height * ratio)];
    const { cells } = data;
    const key = `${width}x${height}/${cells.count}/${cells.row[0]}/${cells.row[cells.count - 1]}/${JSON.stringify(data.plane)}`;
    if (key !== indexKey || image === undefined) {
      indexKey = key;
      canvas.width = width;
      canvas.height = height;
      index = buildCellIndex({ data, frame, width, height, ratio });
      image = context.createImageData(width, height);
    }
    return image;
  };

  let named:
    | undefined
    | { of: MapCells; readonly in: MapFrame; readonly key: string; readonly spots: LabelSpot[] };
  /** Names of the regions; small ones have their number in the key. */
  const namesOf = ({ data, frame }: MapScene): readonly LabelSpot[] => {
    const key = data.labels.join();
    // Most results change no region: their names stay where they are.
    if (
      named?.in !== frame ||
      named.key !== key ||
      !sameNumbers(named.of.label, data.cells.label)
    ) {
      const short = new Map(keyRows(data.labels, [data]).map((r) => [r.index, shortNameOf(r)]));
      const spots = labelSpots(data, frame, (label) => short.get(label));
      named = { of: data.cells, in: frame, key, spots };
    } else named.of = data.cells;
    return named.spots;
  };

  let coloured: undefined | { of: MapCells; readonly look: string; readonly table: ColourTable };
  /** Colours change with the map's view, its phases, the theme and the layer: not with every job. */
  const tableOf = (scene: MapScene): ColourTable => {
    const { data, theme, layers } = scene;
    const look = `${theme.name}/${layers.cells}/${layers.picked ?? ""}/${data.phaseOrder.join()}/${data.labels.join()}`;
    if (coloured?.look !== look || !sameCells(coloured.of, data.cells)) {
      coloured = { of: data.cells, look, table: colourTable(scene) };
    } else coloured.of = data.cells;
    return coloured.table;
  };

  const points = createPointPaths();
  let painted: undefined | { readonly table: ColourTable; readonly image: ImageData };
  return {
    draw: (scene) => {
      const context = canvas.getContext("2d");
      if (context === null) return 0;
      const picture = prepare(scene, context);
      const started = performance.now();
      const table = tableOf(scene);
      if (painted?.table !== table || painted.image !== picture) {
        paintCells({ scene, index, image: picture, ratio, table });
        painted = { table, image: picture };
      }
      context.putImageData(picture, 0, 0);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      if (scene.layers.ties) drawTies(context, scene);
      if (scene.layers.points) drawPoints(context, scene, points);
      if (scene.layers.names && scene.layers.cells === "phases") {
        drawNames(context, scene, namesOf(scene));
      }
      drawMark(context, scene);
      context.setTransform(1, 0, 0, 1, 0, 0);
      return performance.now() - started;
    },
    cellAt: (x, y) => index[Math.round(y * ratio) * canvas.width + Math.round(x * ratio)] ?? -1,
  };
}

/** Fills the picture: every pixel takes the colour of its cell; where two labels meet, the boundary's. */
function paintCells(about: {
  readonly scene: MapScene;
  readonly index: Int32Array;
  readonly image: ImageData;
  readonly ratio: number;
  readonly table: ColourTable;
}): void {
  const { scene, index, image, ratio } = about;
  const { data, theme } = scene;
  const { cells } = data;
  const pixels = new Uint32Array(image.data.buffer);
  const { width } = image;
  const { colours, inked, textures, first, stripes } = about.table;
  const ink = packed(theme.ink);
  const stripe = Math.round(STRIPE_px * ratio);
  const diagonals = width + image.height;
  const marks = textureTables(diagonals, ratio);
  const halves = new Uint8Array(diagonals);
  const thirds = new Uint8Array(diagonals);
  for (let d = 0; d < diagonals; d++) {
    halves[d] = Math.floor(d / stripe) % 2;
    thirds[d] = Math.floor(d / stripe) % 3;
  }
  const { label } = cells;
  const reach = ratio >= 2 ? 2 : 1;
  const lastRow = pixels.length - width * reach;
  for (let p = 0, y = 0; p < pixels.length; y++) {
    for (let x = 0; x < width; x++, p++) {
      const cell = index[p]!;
      if (cell < 0) {
        pixels[p] = 0;
        continue;
      }
      const right = index[p + reach]!;
      const below = p < lastRow ? index[p + width * reach]! : cell;
      const here = label[cell];
      const isBoundary =
        (right >= 0 && right !== cell && label[right] !== here) ||
        (below >= 0 && below !== cell && label[below] !== here);
      if (isBoundary && here !== undefined) {
        pixels[p] = ink;
        continue;
      }
      const n = stripes[cell]!;
      const offset = n === 1 ? 0 : n === 2 ? halves[x + y]! : n === 3 ? thirds[x + y]! : 0;
      const place = first[cell]! + offset;
      const texture = textures[place]!;
      const isInk =
        texture !== 0 &&
        (texture === 1
          ? marks.dots[x + y]! + marks.dots[x + image.height - y]! === 2
          : marks.lines[x + image.height - y] === 1);
      pixels[p] = isInk ? inked[place]! : colours[place]!;
    }
  }
}

/** Where along a diagonal dots and lines have ink. */
function textureTables(length: number, ratio: number) {
  const along = (period_px: number, ink_px: number): Uint8Array =>
    Uint8Array.from({ length: length + 1 }, (_, d) => ((d / ratio) % period_px < ink_px ? 1 : 0));
  return { dots: along(9, 3.4), lines: along(6, 1.3) };
}

interface ColourTable {
  readonly colours: Uint32Array;
  /** The same under a texture's ink. */
  readonly inked: Uint32Array;
  /** 0 plain, 1 dots, 2 hatching. */
  readonly textures: Uint8Array;
  /** Place of a cell's first colour in `colours`. */
  readonly first: Int32Array;
  readonly stripes: Uint8Array;
}

function colourTable({ data, theme, layers }: MapScene): ColourTable {
  const { cells } = data;
  const first = new Int32Array(cells.count);
  const stripes = new Uint8Array(cells.count).fill(1);
  if (layers.cells === "uncertainty") {
    const colours = Uint32Array.from({ length: 64 }, (_, k) =>
      packed(uncertaintyColour((k + 0.5) / 64)),
    );
    for (let k = 0; k < cells.count; k++) {
      first[k] = Math.max(0, Math.min(63, Math.floor((1 - cells.certainty[k]!) * 64)));
    }
    return { colours, inked: colours, textures: new Uint8Array(64), first, stripes };
  }
  const styles = labelStyles(data.labels, data.phaseOrder);
  const colours: number[] = [packed(theme.surface)];
  const inked: number[] = [packed(theme.surface)];
  const textures: number[] = [0];
  // Of most labels few shades are met: what is measured is certain.
  const places = new Int32Array(styles.length * SHADES);
  const placeOf = (label: number, style: LabelStyle, shade: number): number => {
    const known = places[label * SHADES + shade]!;
    if (known > 0) return known;
    const place = colours.length;
    const share = shareOfCertainty((shade + 0.5) / SHADES);
    for (const [k, colour] of coloursOf(style).entries()) {
      const plain = mix(colour, theme.background, share);
      colours.push(packed(plain));
      inked.push(packed(mix(theme.ink, plain, 0.85 * share)));
      textures.push(TEXTURES.indexOf(style.textures[k] ?? "plain"));
    }
    places[label * SHADES + shade] = place;
    return place;
  };
  for (let k = 0; k < cells.count; k++) {
    const label = cells.label[k]!;
    const style = styles[label];
    if (style === undefined) continue;
    const isPale = layers.picked !== undefined && data.labels[label] !== layers.picked;
    const shade = isPale ? 0 : shadeOf(cells.certainty[k]!);
    first[k] = placeOf(label, style, shade);
    stripes[k] = Math.min(3, Math.max(1, style.colours.length));
  }
  return {
    colours: Uint32Array.from(colours),
    inked: Uint32Array.from(inked),
    textures: Uint8Array.from(textures),
    first,
    stripes,
  };
}

function shadeOf(certainty: number): number {
  return Math.max(0, Math.min(SHADES - 1, Math.floor(certainty * SHADES)));
}

/** Stripes of at most three phases: the phase rule allows no more in a section. */
function coloursOf(style: LabelStyle): readonly string[] {
  return style.colours.length === 0 ? ["#8c8c8c"] : style.colours.slice(0, 3);
}

/** A colour as one little-endian pixel of canvas data. */
function packed(colour: string): number {
  const [r, g, b] = rgbOf(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function drawTies(context: CanvasRenderingContext2D, { data, frame, theme }: MapScene): void {
  context.strokeStyle = theme.ink;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.setLineDash([5, 3]);
  context.beginPath();
  for (const [x1, y1, x2, y2] of data.tieLines) {
    context.moveTo(...frame.toPixel([x1, y1]));
    context.lineTo(...frame.toPixel([x2, y2]));
  }
  context.stroke();
  context.setLineDash([]);
  context.lineWidth = 1.6;
  context.beginPath();
  for (const corners of data.triangles) {
    for (let k = 0; k <= 3; k++) {
      const place = frame.toPixel([corners[(k % 3) * 2]!, corners[(k % 3) * 2 + 1]!]);
      if (k === 0) context.moveTo(...place);
      else context.lineTo(...place);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** The dots of what was measured: those of newer results are added to the path of the others. */
type PointPaths = (points: readonly MapPoint[], frame: MapFrame, radius: number) => Path2D;

function createPointPaths(): PointPaths {
  let drawn: readonly MapPoint[] = [];
  let look: { readonly frame: MapFrame; readonly radius: number } | undefined;
  let path = new Path2D();
  return (points, frame, radius) => {
    const isMore =
      look?.frame === frame &&
      look.radius === radius &&
      drawn.length <= points.length &&
      drawn.at(-1) === points[drawn.length - 1] &&
      drawn[0] === points[0];
    if (!isMore) path = new Path2D();
    for (let k = isMore ? drawn.length : 0; k < points.length; k++)
      addDot(path, points[k]!, frame, radius);
    drawn = points;
    look = { frame, radius };
    return path;
  };
}

function addDot(
  path: Pick<Path2D, "moveTo" | "arc">,
  point: MapPoint,
  frame: MapFrame,
  radius: number,
): void {
  const x = frame.xOf(point.x);
  const y = frame.yOf(point.y);
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function drawPoints(
  context: CanvasRenderingContext2D,
  { data, frame, theme }: MapScene,
  paths: PointPaths,
): void {
  const crowded = data.measured.length > 1500;
  const measured = paths(data.measured, frame, crowded ? 1.4 : 3);
  context.fillStyle = theme.background;
  context.fill(measured);
  context.strokeStyle = theme.ink;
  context.lineWidth = crowded ? 0.6 : 1.2;
  context.stroke(measured);
  context.beginPath();
  for (const point of data.inFlight) addDot(context, point, frame, 6);
  context.fill();
  context.strokeStyle = theme.accent;
  context.lineWidth = 3;
  context.stroke();
  context.beginPath();
  for (const point of data.batch) {
    const [x, y] = frame.toPixel([point.x, point.y]);
    context.moveTo(x, y - 8);
    for (const [dx, dy] of [
      [8, 0],
      [0, 8],
      [-8, 0],
    ] as const)
      context.lineTo(x + dx, y + dy);
    context.closePath();
  }
  context.fill();
  context.stroke();
}

function drawNames(
  context: CanvasRenderingContext2D,
  { theme }: MapScene,
  spots: readonly LabelSpot[],
): void {
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = theme.background;
  context.fillStyle = theme.ink;
  for (const { label, x, y } of spots) {
    context.strokeText(label, x, y);
    context.fillText(label, x, y);
  }
}

function drawMark(context: CanvasRenderingContext2D, scene: MapScene): void {
  const { data, frame, theme, marked } = scene;
  if (marked === undefined) return;
  const point = [...data.batch, ...data.inFlight, ...data.measured].find(
    (p) => p.candidateId === marked,
  );
  if (point === undefined) return;
  const [x, y] = frame.toPixel([point.x, point.y]);
  context.strokeStyle = theme.warning;
  context.lineWidth = 3;
  context.beginPath();
  context.arc(x, y, 13, 0, 2 * Math.PI);
  context.stroke();
}
