import { formatWithError } from "../observation-summary.ts";
import type { ChartOptions } from "./chart.ts";
import { createScale, rangeOf } from "./scale.ts";
import { element, pathOf, svgDocument, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";

/** One horizontal bar, with a standard error where there is one. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly error?: number | undefined;
}

const ROW = 28;
const SIZE = 12;
/** Widest name that is written whole, px. */
const NAME_max = 150;

/** Named values as horizontal bars with error bars: importances, couplings. The height follows from the bars. */
export function drawBars(
  bars: readonly Bar[],
  options: Omit<ChartOptions, "height"> & { readonly colour: string },
): string {
  const { theme, width, colour } = options;
  const height = 50 + bars.length * ROW;
  const ends = bars.flatMap(({ value, error = 0 }) => [value - error, value + error]);
  const [min, max] = rangeOf([0, ...ends]);
  const names = bars.map(({ name }) => fitText(name, SIZE, NAME_max));
  const values = bars.map(({ value, error }) => formatWithError(value, error));
  const widest = (texts: readonly string[]): number =>
    Math.max(30, ...texts.map((content) => textWidth(content, SIZE)));
  const [left, right] = [widest(names) + 20, widest(values) + 16];
  const x = createScale({ min, max, from_px: left, to_px: width - right });
  const rows = bars.map(({ value, error }, row) => {
    const y = 30 + row * ROW;
    const [from, to] = [x.at(Math.min(0, value)), x.at(Math.max(0, value))];
    const middle = y + ROW / 2 - 3;
    const whisker =
      error === undefined
        ? ""
        : element("path", {
            d: pathOf([
              [x.at(value - error), middle],
              [x.at(value + error), middle],
            ]),
            stroke: theme.ink,
            "stroke-width": 2,
          });
    return (
      text(names[row] ?? "", {
        ...{ x: left - 8, y: middle + 4, "text-anchor": "end" },
        ...{ fill: theme.ink, "font-size": SIZE },
      }) +
      element("rect", {
        x: from,
        y,
        width: Math.max(1, to - from),
        height: ROW - 8,
        fill: colour,
        rx: 2,
      }) +
      whisker +
      text(values[row] ?? "", {
        ...{ x: width - right + 8, y: middle + 4 },
        ...{ fill: theme.ink, "font-size": SIZE },
      })
    );
  });
  const { title, description } = options;
  return svgDocument(
    { width, height, title, description, background: theme.background },
    text(fitText(options.xName, SIZE, width - 16), {
      ...{ x: 8, y: 18, fill: theme.quiet, "font-size": SIZE },
    }),
    ...rows,
  );
}
