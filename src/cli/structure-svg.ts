/** Colours of Okabe and Ito, told apart with any colour vision. */
export const COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#f0e442",
  "#000000",
] as const;

export function colourOf(group: number): string {
  return COLOURS[group % COLOURS.length] ?? "#000000";
}

/** Where a drawing lies on the page, px. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly group: number;
}

const WIDTH = 640;
const HEIGHT = 480;
/** More points than this make a picture slow without showing more. */
const POINTS_MAX = 5000;

/** A page with one scatter plot and a legend. */
export function drawScatter(
  points: readonly ScatterPoint[],
  names: readonly string[],
  title: string,
): string {
  const panel = { left: 60, top: 40, width: WIDTH - 80, height: HEIGHT - 90 };
  return page(WIDTH, HEIGHT, [
    text(WIDTH / 2, 22, title, "middle"),
    scatter(points, panel, ["component 1", "component 2"]),
    legend(names, panel.left + 8, panel.top + 16),
  ]);
}

export function page(width: number, height: number, parts: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n${parts.join("\n")}\n</svg>\n`
  );
}

export function scatter(
  points: readonly ScatterPoint[],
  panel: Panel,
  axes: readonly [string, string],
  radius = 1.8,
): string {
  const stride = Math.max(1, Math.ceil(points.length / POINTS_MAX));
  const x = scale(
    points.map((p) => p.x),
    panel.left,
    panel.left + panel.width,
  );
  const y = scale(
    points.map((p) => p.y),
    panel.top + panel.height,
    panel.top,
  );
  const marks = points
    .filter((_, k) => k % stride === 0)
    .map(
      (p) =>
        `<circle cx="${fixed(x.at(p.x))}" cy="${fixed(y.at(p.y))}" r="${radius}" fill="${colourOf(p.group)}" fill-opacity="0.6"/>`,
    );
  return [frame(panel, axes, x, y), ...marks].join("\n");
}

/** Lines over a shared x, one a group; y from 0 to 1. */
export function lines(
  xs: readonly number[],
  groups: readonly (readonly number[])[],
  panel: Panel,
  axes: readonly [string, string],
): string {
  const x = scale(xs, panel.left, panel.left + panel.width);
  const y = scale([0, 1], panel.top + panel.height, panel.top);
  const paths = groups.map((values, group) => {
    const at = values.map((value, k) => `${fixed(x.at(xs[k] ?? 0))},${fixed(y.at(value))}`);
    return `<polyline points="${at.join(" ")}" fill="none" stroke="${colourOf(group)}" stroke-width="1.8"/>`;
  });
  return [frame(panel, axes, x, y), ...paths].join("\n");
}

export function legend(names: readonly string[], left: number, top: number): string {
  return names
    .map(
      (name, group) =>
        `<circle cx="${left}" cy="${top + 16 * group - 4}" r="4" fill="${colourOf(group)}"/>` +
        text(left + 10, top + 16 * group, name),
    )
    .join("\n");
}

export function text(x: number, y: number, content: string, anchor = "start"): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${safe}</text>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

function scale(values: readonly number[], from: number, to: number): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low)) {
    low = Number.isFinite(low) ? low - 0.5 : 0;
    high = low + 1;
  }
  return { low, high, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

function frame(panel: Panel, axes: readonly [string, string], x: Scale, y: Scale): string {
  const { left, top, width, height } = panel;
  const bottom = top + height;
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#888"/>`,
    text(left, bottom + 16, short(x.low), "middle"),
    text(left + width, bottom + 16, short(x.high), "middle"),
    text(left + width / 2, bottom + 32, axes[0], "middle"),
    text(left - 6, bottom, short(y.low), "end"),
    text(left - 6, top + 10, short(y.high), "end"),
    `<g transform="translate(${left - 34} ${top + height / 2}) rotate(-90)">${text(0, 0, axes[1], "middle")}</g>`,
  ].join("\n");
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function fixed(value: number): string {
  return value.toFixed(1);
}
