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
  /** Beside all panels. */
  readonly key?: DrawnKey | undefined;
  /** Definitions that the key refers to. */
  readonly definitions?: string | undefined;
}

const GAP = 12;
const HEAD = { title: 40, subtitle: 20 };

/** Puts pictures into rows of one SVG document with a title; each keeps its size, ids are made distinct. */
export function composeFigure(
  rows: readonly (readonly string[])[],
  options: FigureOptions,
): string {
  const { theme, key } = options;
  const sized = rows.filter((row) => row.length > 0).map((row) => row.map(sizeOf));
  const top = HEAD.title + (options.subtitle === undefined ? 0 : HEAD.subtitle);
  const widest = Math.max(200, ...sized.map((row) => spread(row.map(({ width }) => width))));
  const parts: string[] = [];
  let y = top;
  for (const [r, row] of sized.entries()) {
    let x = 0;
    for (const [c, { svg, width }] of row.entries()) {
      parts.push(place(scopeIds(svg, `p${r}${c}`), x, y));
      x += width + GAP;
    }
    y += Math.max(...row.map(({ height }) => height)) + GAP;
  }
  const width = widest + (key === undefined ? 12 : key.width + 2 * GAP);
  const height = Math.max(y, top + (key?.height ?? 0) + 3 * GAP);
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
    key === undefined
      ? ""
      : element("g", { transform: `translate(${widest + GAP} ${top + 2 * GAP})` }, key.markup),
  );
}

/** How high a key beside rows of these pictures may be. */
export function heightOfRows(rows: readonly (readonly string[])[]): number {
  return spread(
    rows
      .filter((row) => row.length > 0)
      .map((row) => Math.max(...row.map((svg) => sizeOf(svg).height))),
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

interface Sized {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

function sizeOf(svg: string): Sized {
  const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg);
  return { svg, width: Number(size?.[1] ?? 0), height: Number(size?.[2] ?? 0) };
}

function place(svg: string, x: number, y: number): string {
  return svg.replace("<svg ", `<svg x="${Math.round(x)}" y="${Math.round(y)}" `);
}
