import type { DrawnKey } from "./map-key.ts";
import { element, scopeIds, svgDocument, text } from "./svg.ts";
import { fitText } from "./text-width.ts";
import type { Theme } from "./theme.ts";

export interface FigureOptions {
  readonly title: string;
  /** Written under the title: what was done, in a line. */
  readonly subtitle?: string | undefined;
  readonly description: string;
  readonly theme: Theme;
  readonly key?: DrawnKey | undefined;
  /** The key stands right of all panels unless it is wanted under them. */
  readonly isKeyBelow?: boolean | undefined;
  /** Definitions that the key refers to. */
  readonly definitions?: string | undefined;
}

/** One picture of a figure, with what is written over it where the picture itself has no heading. */
export interface Panel {
  readonly svg: string;
  readonly heading?: string | undefined;
}

const GAP = 12;
const HEAD = { title: 40, subtitle: 20, panel: 26 };

/** Puts pictures into rows of one SVG document with a title; each keeps its size, ids are made distinct. */
export function composeFigure(rows: readonly (readonly Panel[])[], options: FigureOptions): string {
  const { theme } = options;
  const sized = rows.filter((row) => row.length > 0).map((row) => row.map(sizeOf));
  const top = HEAD.title + (options.subtitle === undefined ? 0 : HEAD.subtitle);
  const widest = Math.max(200, ...sized.map((row) => spread(row.map(({ width }) => width))));
  const parts: string[] = [];
  let y = top;
  for (const [r, row] of sized.entries()) {
    let x = 0;
    for (const [c, panel] of row.entries()) {
      parts.push(place({ ...panel, svg: scopeIds(panel.svg, `p${r}-${c}`) }, [x, y], theme));
      x += panel.width + GAP;
    }
    y += Math.max(...row.map(({ height }) => height)) + GAP;
  }
  const { width, height, markup } = placeKey(options, { widest, top, bottom: y });
  return svgDocument(
    {
      width,
      height,
      title: options.title,
      description: options.description,
      background: theme.background,
    },
    element("defs", {}, options.definitions ?? ""),
    heading(options, width),
    ...parts,
    markup,
  );
}

function placeKey(
  { key, isKeyBelow = false }: FigureOptions,
  {
    widest,
    top,
    bottom,
  }: { readonly widest: number; readonly top: number; readonly bottom: number },
): { readonly width: number; readonly height: number; readonly markup: string } {
  if (key === undefined) return { width: widest + 12, height: bottom, markup: "" };
  const [x, y] = isKeyBelow ? [GAP, bottom + GAP] : [widest + GAP, top + 2 * GAP];
  return {
    width: isKeyBelow ? Math.max(widest + 12, key.width + 2 * GAP) : widest + key.width + 2 * GAP,
    height: isKeyBelow
      ? bottom + key.height + 2 * GAP
      : Math.max(bottom, top + key.height + 3 * GAP),
    markup: element("g", { transform: `translate(${x} ${y})` }, key.markup),
  };
}

/** The width of rows of these pictures. */
export function widthOfRows(rows: readonly (readonly Panel[])[]): number {
  return Math.max(0, ...rows.map((row) => spread(row.map((panel) => sizeOf(panel).width))));
}

/** Fills rows of at most this width with the panels, in their order. */
export function flowPanels(panels: readonly Panel[], width_max: number): Panel[][] {
  const rows: Panel[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const panel of panels) {
    const { width } = sizeOf(panel);
    if (used + GAP + width > width_max) {
      rows.push([]);
      used = -GAP;
    }
    rows.at(-1)?.push(panel);
    used += GAP + width;
  }
  return rows;
}

/** How high a key beside rows of these pictures may be. */
export function heightOfRows(rows: readonly (readonly Panel[])[]): number {
  return spread(
    rows
      .filter((row) => row.length > 0)
      .map((row) => Math.max(...row.map((panel) => sizeOf(panel).height))),
  );
}

function spread(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0) + GAP * Math.max(0, sizes.length - 1);
}

function heading({ title, subtitle, theme }: FigureOptions, width: number): string {
  const room = width - 40;
  return (
    text(fitText(title, 18, room / 1.12), {
      ...{ x: 20, y: 28, "font-size": 18, "font-weight": 600, fill: theme.ink },
    }) +
    (subtitle === undefined
      ? ""
      : text(fitText(subtitle, 12, room), { x: 20, y: 48, "font-size": 12, fill: theme.quiet }))
  );
}

interface Sized extends Panel {
  readonly width: number;
  readonly height: number;
}

function sizeOf({ svg, heading: over }: Panel): Sized {
  const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg);
  const extra = over === undefined ? 0 : HEAD.panel;
  return {
    svg,
    heading: over,
    width: Number(size?.[1] ?? 0),
    height: Number(size?.[2] ?? 0) + extra,
  };
}

function place(panel: Sized, [x, y]: readonly [number, number], theme: Theme): string {
  const over = panel.heading;
  const title =
    over === undefined
      ? ""
      : text(fitText(over, 13, panel.width / 1.12), {
          x: x + panel.width / 2,
          y: y + 18,
          "text-anchor": "middle",
          "font-size": 13,
          "font-weight": 600,
          fill: theme.ink,
        });
  const top = Math.round(y) + (over === undefined ? 0 : HEAD.panel);
  return title + panel.svg.replace("<svg ", `<svg x="${Math.round(x)}" y="${top}" `);
}
