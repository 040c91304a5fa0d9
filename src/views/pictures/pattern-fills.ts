import {
  type LabelStyle,
  meanColour,
  mix,
  type PhaseTexture,
  shareOfCertainty,
} from "./palette.ts";
import { element } from "./svg.ts";
import type { Theme } from "./theme.ts";

/** Steps of certainty that are told apart by shade: more would only make the file larger. */
const SHADES = 5;
const STRIPE = { width: 6, height: 8 };

/** Name of the fill of a label at a certainty 0..1. */
export function fillId(label: number, certainty: number): string {
  const shade = Math.min(SHADES - 1, Math.max(0, Math.floor(certainty * SHADES)));
  return `l${label}s${shade}`;
}

/**
 * How cells of one label and shade are filled: phases without stripes or texture by their colour; others by a pattern over the
 * mean of its colours, which hides the fine seams that renderers leave between a pattern's tiles.
 */
export function fillOf(
  id: string,
  styles: readonly LabelStyle[],
  theme: Theme,
): { readonly ground: string; readonly pattern: string | undefined } {
  const { style, shade } = parse(id, styles);
  if (style === undefined) return { ground: theme.surface, pattern: undefined };
  const share = shareOfCertainty((shade + 0.5) / SHADES);
  const isPlain = style.colours.length === 1 && style.textures[0] === "plain";
  return {
    ground: mix(meanColour(style.colours), theme.background, share),
    pattern: isPlain ? undefined : `url(#${id})`,
  };
}

/**
 * The patterns of these fills: stripes of the coexisting phases' colours, paler where less certain, with the dots or the
 * hatching of phases whose colour alone is not theirs.
 */
export function patternDefinitions(
  ids: Iterable<string>,
  styles: readonly LabelStyle[],
  theme: Theme,
): string {
  return [...new Set(ids)]
    .map((id) => {
      const { style, shade } = parse(id, styles);
      const isNeeded = fillOf(id, styles, theme).pattern !== undefined;
      return style === undefined || !isNeeded ? "" : pattern(id, style, shade, theme);
    })
    .join("");
}

function parse(
  id: string,
  styles: readonly LabelStyle[],
): { readonly style: LabelStyle | undefined; readonly shade: number } {
  const [, label = "", shade = ""] = /^l(\d+)s(\d+)$/.exec(id) ?? [];
  return { style: styles[Number(label)], shade: Number(shade) };
}

function pattern(id: string, style: LabelStyle, shade: number, theme: Theme): string {
  const { width, height } = STRIPE;
  const share = shareOfCertainty((shade + 0.5) / SHADES);
  const stripes = style.colours.map((colour, k) => {
    const fill = mix(colour, theme.background, share);
    const stripe = element("rect", { x: k * width, width, height, fill });
    return stripe + overlay(style.textures[k] ?? "plain", k * width, theme, share);
  });
  return element(
    "pattern",
    {
      id,
      width: style.colours.length * width,
      height,
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    },
    ...stripes,
  );
}

function overlay(texture: PhaseTexture, x: number, theme: Theme, share: number): string {
  const { width, height } = STRIPE;
  const ink = { "fill-opacity": 0.85 * share, fill: theme.ink };
  if (texture === "dots") {
    return element("circle", { cx: x + width / 2, cy: height / 2, r: 1.5, ...ink });
  }
  if (texture === "hatch") {
    return element("rect", { x, y: height / 2 - 0.6, width, height: 1.2, ...ink });
  }
  return "";
}
