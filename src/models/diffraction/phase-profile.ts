import { Scratch } from "../../numeric/scratch.ts";
import { twoThetaOf } from "./bragg.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";
import type { ReferenceCard } from "./reference-card.ts";

/** What places and shapes the lines of one phase. */
export interface PhaseShape {
  /** ln of the width over the pattern's usual one. */
  readonly lnWidth: number;
  readonly strain: Float64Array;
}

/** What all phases of a sample share. */
export interface SampleShape {
  /** Shift of 2theta by z cos(theta): the sample's height. */
  readonly displacement_deg: number;
  /** Share of the Lorentzian in the profile. */
  readonly lorentz: number;
}

/** Derivatives of a phase's pattern at scale 1, each over the bins. */
export interface ProfileSlopes {
  readonly byDisplacement: Float64Array;
  readonly byLorentz: Float64Array;
  readonly byLnWidth: Float64Array;
  readonly byStrain: readonly Float64Array[];
}

/** A phase's pattern at scale 1, over the bins. */
export interface PhaseProfile {
  readonly value: Float64Array;
  /** The derivatives at the origin; the last fit of a search needs none, so they may be made when they are asked for. */
  readonly slopes: () => ProfileSlopes;
  /** Where the derivatives are taken, and the value there. */
  readonly origin: {
    readonly shape: PhaseShape;
    readonly sample: SampleShape;
    readonly value: Float64Array;
  };
}

const RAD = Math.PI / 180;
const LN2 = Math.LN2;
const GAUSS_STEP = 1 / 64;
const GAUSS_REACH = 3.2;
const GAUSS_END = GAUSS_REACH / GAUSS_STEP;
/** How far each bin of one line rises as the line moves. */
const MOVES = new Scratch();
/** exp(-4 ln2 u^2) for u = 0, 1/64, ... */
const GAUSS = Float64Array.from({ length: GAUSS_REACH / GAUSS_STEP + 2 }, (_, k) =>
  Math.exp(-4 * LN2 * (k * GAUSS_STEP) ** 2),
);

/**
 * sum_lines I share phi((x - x0)/w)/(w/w0), phi = lorentz/(1 + 4u^2) + (1 - lorentz) exp(-4 ln2 u^2), x0 = 2 asin(lambda/2d)
 * + z cos(theta), ln d = ln d0 + response . strain, w = w0 exp(lnWidth)/cos(theta); derivatives are analytic. Weak lines
 * are followed to 2.5 widths, strong ones to 8. With `hasSlopes` the derivatives are made in the same pass.
 */
export function phaseProfile(
  pattern: PreparedPattern,
  card: ReferenceCard,
  shape: PhaseShape,
  sample: SampleShape,
  hasSlopes = true,
): PhaseProfile {
  const lines = placeLines(pattern, card, shape, sample);
  const value = new Float64Array(pattern.n);
  let known = hasSlopes ? addSlopes(pattern, card, lines, sample.lorentz, value) : undefined;
  if (!hasSlopes) addValues(pattern, lines, sample.lorentz, value);
  const slopes = (): ProfileSlopes => {
    known ??= addSlopes(pattern, card, lines, sample.lorentz, new Float64Array(pattern.n));
    return known;
  };
  return { value, slopes, origin: { shape, sample, value } };
}

/** One wavelength of one line within the pattern. */
interface PlacedLine {
  /** Number of the card's line. */
  readonly line: number;
  readonly centre_deg: number;
  readonly width_deg: number;
  readonly height: number;
  readonly sine: number;
  readonly cosine: number;
  readonly from: number;
  readonly to: number;
}

function placeLines(
  { n, start_deg, step_deg, width_deg, radiation }: PreparedPattern,
  card: ReferenceCard,
  shape: PhaseShape,
  sample: SampleShape,
): PlacedLine[] {
  const spread = Math.exp(shape.lnWidth);
  const out: PlacedLine[] = [];
  for (let line = 0; line < card.lnD.length; line++) {
    let lnD = card.lnD[line]!;
    for (let m = 0; m < card.modes; m++) {
      lnD += card.response[line * card.modes + m]! * shape.strain[m]!;
    }
    const d = Math.exp(lnD);
    for (const { wavelength_A, share } of radiation) {
      const sine = wavelength_A / (2 * d);
      if (sine >= 0.999) continue;
      const cosine = Math.sqrt(1 - sine * sine);
      const centre_deg = twoThetaOf(sine) + sample.displacement_deg * cosine;
      const width = (width_deg * spread) / cosine;
      const height = (card.intensity[line]! * share * cosine) / spread;
      const reach = height > 0.2 ? 8 : height > 0.05 ? 5 : 2.5;
      const from = Math.max(0, Math.ceil((centre_deg - reach * width - start_deg) / step_deg));
      const to = Math.min(n - 1, Math.floor((centre_deg + reach * width - start_deg) / step_deg));
      out.push({ line, centre_deg, width_deg: width, height, sine, cosine, from, to });
    }
  }
  return out;
}

/** Adds the lines to `value`. */
function addValues(
  { start_deg, step_deg }: PreparedPattern,
  lines: readonly PlacedLine[],
  eta: number,
  value: Float64Array,
): void {
  for (const { centre_deg, width_deg, height, from, to } of lines) {
    for (let i = from; i <= to; i++) {
      const u = (start_deg + i * step_deg - centre_deg) / width_deg;
      const at = Math.abs(u) / GAUSS_STEP;
      const k = at | 0;
      const g = at < GAUSS_END ? GAUSS[k]! + (at - k) * (GAUSS[k + 1]! - GAUSS[k]!) : 0;
      value[i] = value[i]! + height * (eta * (1 / (1 + 4 * u * u)) + (1 - eta) * g);
    }
  }
}

/** Adds the lines to `value`, and returns its derivatives. */
function addSlopes(
  { n, start_deg, step_deg }: PreparedPattern,
  { modes, response }: ReferenceCard,
  lines: readonly PlacedLine[],
  eta: number,
  value: Float64Array,
): ProfileSlopes {
  const all = new Float64Array((3 + modes) * n);
  const [byDisplacement, byLorentz, byLnWidth, ...byStrain] = Array.from(
    { length: 3 + modes },
    (_, k) => all.subarray(k * n, (k + 1) * n),
  ) as [Float64Array, Float64Array, Float64Array, ...Float64Array[]];
  const moves = MOVES.take(n);
  for (const { line, centre_deg, width_deg, height, sine, cosine, from, to } of lines) {
    for (let i = from; i <= to; i++) {
      const u = (start_deg + i * step_deg - centre_deg) / width_deg;
      const q = 1 / (1 + 4 * u * u);
      const at = Math.abs(u) / GAUSS_STEP;
      const k = at | 0;
      const g = at < GAUSS_END ? GAUSS[k]! + (at - k) * (GAUSS[k + 1]! - GAUSS[k]!) : 0;
      const phi = eta * q + (1 - eta) * g;
      value[i] = value[i]! + height * phi;
      // d phi/du = -8 u (eta q^2 + (1 - eta) ln2 g); x0 moves u by -1/width.
      const pull = 8 * u * (eta * q * q + (1 - eta) * LN2 * g);
      const move = (height * pull) / width_deg;
      moves[i] = move;
      byDisplacement[i] = byDisplacement[i]! + move * cosine;
      byLorentz[i] = byLorentz[i]! + height * (q - g);
      byLnWidth[i] = byLnWidth[i]! + height * (u * pull - phi);
    }
    const byLnD = (-2 * sine) / (cosine * RAD);
    for (let m = 0; m < modes; m++) {
      const column = byStrain[m]!;
      const own = response[line * modes + m]!;
      for (let i = from; i <= to; i++) column[i] = column[i]! + moves[i]! * byLnD * own;
    }
  }
  return { byDisplacement, byLorentz, byLnWidth, byStrain };
}

/** Shifts below this share of a line's width, and changes of the shape of this size, are linear to a thousandth. */
const NEARBY = 0.04;
/** tan(theta) at the far end of a usual range. */
const STEEPEST = 1;

/** The profile at a place near its origin, from the derivatives; undefined where the place is not near. */
export function nearbyProfile(
  { width_deg, n }: PreparedPattern,
  profile: PhaseProfile,
  shape: PhaseShape,
  sample: SampleShape,
): PhaseProfile | undefined {
  const { origin } = profile;
  const width = width_deg * Math.exp(origin.shape.lnWidth);
  const lnWidth = shape.lnWidth - origin.shape.lnWidth;
  const lorentz = sample.lorentz - origin.sample.lorentz;
  const displacement = sample.displacement_deg - origin.sample.displacement_deg;
  const strain = shape.strain.map((value, m) => value - origin.shape.strain[m]!);
  const shift = strain.reduce(
    (sum, value) => sum + (2 * STEEPEST * Math.abs(value)) / RAD,
    Math.abs(displacement),
  );
  const change = Math.max(Math.abs(lnWidth), Math.abs(lorentz), shift / width);
  if (change > NEARBY) return undefined;
  const value = new Float64Array(n);
  const { byDisplacement, byLorentz, byLnWidth, byStrain } = profile.slopes();
  for (let i = 0; i < n; i++) {
    value[i] =
      origin.value[i]! +
      lnWidth * byLnWidth[i]! +
      lorentz * byLorentz[i]! +
      displacement * byDisplacement[i]!;
  }
  byStrain.forEach((column, m) => {
    const own = strain[m]!;
    for (let i = 0; i < n; i++) value[i] = value[i]! + own * column[i]!;
  });
  return { ...profile, value };
}
