import { element, pathOf, svgDocument, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";
import type { Theme } from "./theme.ts";

const ROW = 22;
const SIZE = 12;
const PAD = 14;
/** Widest column, px. */
const COLUMN_max = 320;
/** More rows than this belong into a file. */
const ROWS_max = 20;

/** A small table as a picture: the next experiments, couplings with errors ... */
export function drawTextTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly title: string; readonly theme: Theme },
): string {
  const { theme, title } = options;
  const shown = rows.slice(0, ROWS_max);
  const widths = head.map((name, k) =>
    Math.min(
      COLUMN_max,
      Math.max(textWidth(name, SIZE, true), ...shown.map((row) => textWidth(row[k] ?? "", SIZE))) +
        PAD,
    ),
  );
  const lefts = widths.map((_, k) => 12 + widths.slice(0, k).reduce((sum, w) => sum + w, 0));
  const width = 24 + widths.reduce((sum, w) => sum + w, 0);
  const line = (row: readonly string[], y: number, isHead: boolean): string =>
    row
      .map((cell, k) =>
        text(fitText(cell, SIZE, widths[k] ?? 0), {
          x: lefts[k] ?? 0,
          y: y + 15,
          "font-size": SIZE,
          "font-weight": isHead ? 600 : undefined,
          fill: theme.ink,
        }),
      )
      .join("");
  const left = rows.length - shown.length;
  const more =
    left > 0
      ? text(`and ${left} more`, {
          ...{ x: 12, y: (shown.length + 1) * ROW + 15, "font-size": SIZE, fill: theme.quiet },
        })
      : "";
  const rule = element("path", {
    d: pathOf([
      [8, ROW],
      [width - 8, ROW],
    ]),
    stroke: theme.grid,
  });
  return svgDocument(
    {
      width,
      height: (shown.length + 1 + (left > 0 ? 1 : 0)) * ROW + 10,
      title,
      description: `${title}: ${rows.length} rows`,
      background: theme.background,
    },
    line(head, 0, true),
    rule,
    ...shown.map((row, k) => line(row, (k + 1) * ROW, false)),
    more,
  );
}
