/**
 * Colours that people with any common colour vision can tell apart. First seven of the eight of M. Okabe and K. Ito, "Color
 * Universal Design" (2008); black draws lines here, a violet takes its place. No palette of more than eight is safe by
 * colour alone, so the next eight carry dots, and the eight after them hatching: within each eight any two differ by at
 * least 14 in CIELAB also under simulated protanopia, deuteranopia and tritanopia (test/views/pictures/palette.test.ts).
 */
export const PHASE_COLOURS: readonly string[] = [
  "#56b4e9", // sky blue
  "#e69f00", // orange
  "#009e73", // bluish green
  "#cc79a7", // reddish purple
  "#f0e442", // yellow
  "#0072b2", // blue
  "#d55e00", // vermillion
  "#7a3ff0", // violet
  "#ccbbdd", // lilac
  "#55cc66", // green
  "#aa2211", // brick red
  "#665555", // umber
  "#77ffcc", // aquamarine
  "#dd44ff", // magenta
  "#112299", // navy
  "#661166", // plum
];

/** What tells phases of like colours apart. */
export type PhaseTexture = "plain" | "dots" | "hatch";

const TEXTURES: readonly PhaseTexture[] = ["plain", "dots", "hatch"];
/** Phases that colour alone tells apart. */
const PHASES_A_TEXTURE = 8;

/** The texture of the k-th phase. */
export function phaseTexture(k: number): PhaseTexture {
  return TEXTURES[Math.floor(k / PHASES_A_TEXTURE) % TEXTURES.length] ?? "plain";
}

/** How a label (a set of phases) is drawn: one colour a phase; several colours alternate as stripes. */
export interface LabelStyle {
  readonly label: string;
  readonly colours: readonly string[];
  /** One a colour. */
  readonly textures: readonly PhaseTexture[];
}

/** Splits a label such as `fcc+hcp` into its phases. */
export function phasesOfLabel(label: string): string[] {
  return label.split("+").filter((phase) => phase !== "");
}

/**
 * Styles for labels. Colours are given to phases in the order of `phaseOrder` (the order of their discovery), then to
 * those that it lacks in the order of the labels, so that a colour never changes while a campaign runs.
 */
export function labelStyles(
  labels: readonly string[],
  phaseOrder: readonly string[] = [],
): LabelStyle[] {
  const order = [...new Set([...phaseOrder, ...labels.flatMap(phasesOfLabel)])];
  const place = new Map(order.map((phase, k) => [phase, k]));
  return labels.map((label) => {
    const places = phasesOfLabel(label).map((phase) => place.get(phase) ?? 0);
    return {
      label,
      colours: softened(places.map(phaseColour)),
      textures: places.map(phaseTexture),
    };
  });
}

/** Stripes at full strength flicker: each keeps most of its colour and takes the rest from the mean of all. */
function softened(colours: readonly string[]): string[] {
  const mean = meanColour(colours);
  return colours.map((colour) => mix(colour, mean, 0.72));
}

export function meanColour(colours: readonly string[]): string {
  let [red, green, blue] = [0, 0, 0];
  for (const colour of colours) {
    const value = numberOf(colour);
    red += (value >> 16) & 255;
    green += (value >> 8) & 255;
    blue += value & 255;
  }
  const n = Math.max(1, colours.length);
  return hexOf(red / n, green / n, blue / n);
}

function hexOf(red: number, green: number, blue: number): string {
  const value = (Math.round(red) << 16) | (Math.round(green) << 8) | Math.round(blue);
  return `#${(value | (1 << 24)).toString(16).slice(1)}`;
}

/** `#rrggbb` as one number. */
function numberOf(colour: string): number {
  return Number.parseInt(colour.slice(1), 16);
}

/** The colour of the k-th phase; beyond the palette's end it starts again, with another texture. */
export function phaseColour(k: number): string {
  return PHASE_COLOURS[k % PHASE_COLOURS.length] ?? "#8c8c8c";
}

/** Red, green and blue, 0..255, of `#rrggbb`. */
export function rgbOf(colour: string): [number, number, number] {
  const value = numberOf(colour);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** `share` of `colour` over the rest of `ground`, as `#rrggbb`. */
export function mix(colour: string, ground: string, share: number): string {
  const above = numberOf(colour);
  const under = numberOf(ground);
  const part = (shift: number): number =>
    ((above >> shift) & 255) * share + ((under >> shift) & 255) * (1 - share);
  return hexOf(part(16), part(8), part(0));
}

/** How strongly a label is coloured at a certainty 0..1: doubt looks pale but never vanishes. */
export function shareOfCertainty(certainty: number): number {
  return 0.18 + 0.82 * Math.min(1, Math.max(0, certainty)) ** 1.5;
}

/** Stops of the sequential scale of uncertainty (0 certain ... 1 uncertain), even in lightness for every colour vision. */
const UNCERTAINTY_STOPS = ["#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838"];

/** Colour of an uncertainty 0..1, after the cividis scale (J. R. Nunez et al., PLoS ONE 13, e0199239 (2018)). */
export function uncertaintyColour(uncertainty: number): string {
  const place = Math.min(1, Math.max(0, uncertainty)) * (UNCERTAINTY_STOPS.length - 1);
  const k = Math.min(UNCERTAINTY_STOPS.length - 2, Math.floor(place));
  const [low = "#000000", high = "#ffffff"] = UNCERTAINTY_STOPS.slice(k, k + 2);
  return mix(high, low, place - k);
}
