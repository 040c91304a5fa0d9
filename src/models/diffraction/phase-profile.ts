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

/** A phase's pattern at scale 1 and its derivatives, each over the bins. */
export interface PhaseProfile {
  readonly value: Float64Array;
  readonly byDisplacement: Float64Array;
  readonly byLorentz: Float64Array;
  readonly byLnWidth: Float64Array;
  readonly byStrain: readonly Float64Array[];
  /** Where the derivatives were taken, and the value there. */
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
/** exp(-4 ln2 u^2) for u = 0, 1/64, ... */
const GAUSS = Float64Array.from({ length: GAUSS_REACH / GAUSS_STEP + 2 }, (_, k) =>
  Math.exp(-4 * LN2 * (k * GAUSS_STEP) ** 2),
);

/**
 * sum_lines I share phi((x - x0)/w)/(w/w0), phi = lorentz/(1 + 4u^2) + (1 - lorentz) exp(-4 ln2 u^2), x0 = 2 asin(lambda/2d)
 * + z cos(theta), ln d = ln d0 + response . strain, w = w0 exp(lnWidth)/cos(theta); derivatives are analytic. Weak lines
 * are followed to 2.5 widths, strong ones to 8. Without `hasSlopes` the derivatives are empty.
 */
export function phaseProfile(
  pattern: PreparedPattern,
  card: ReferenceCard,
  shape: PhaseShape,
  sample: SampleShape,
  hasSlopes = true,
): PhaseProfile {
  const { n, start_deg, step_deg } = pattern;
  const value = new Float64Array(n);
  const slope = (): Float64Array => new Float64Array(hasSlopes ? n : 0);
  const [byDisplacement, byLorentz, byLnWidth] = [slope(), slope(), slope()];
  const byStrain = Array.from({ length: hasSlopes ? card.modes : 0 }, slope);
  const eta = sample.lorentz;
  const spread = Math.exp(shape.lnWidth);
  const lines = card.lnD.length;
  for (let l = 0; l < lines; l++) {
    let lnD = card.lnD[l]!;
    for (let m = 0; m < card.modes; m++) {
      lnD += card.response[l * card.modes + m]! * shape.strain[m]!;
    }
    const d = Math.exp(lnD);
    for (const { wavelength_A, share } of pattern.radiation) {
      const sine = wavelength_A / (2 * d);
      if (sine >= 0.999) continue;
      const cosine = Math.sqrt(1 - sine * sine);
      const centre = twoThetaOf(sine) + sample.displacement_deg * cosine;
      const width = (pattern.width_deg * spread) / cosine;
      const height = (card.intensity[l]! * share * cosine) / spread;
      const reach = height > 0.2 ? 8 : height > 0.05 ? 5 : 2.5;
      const from = Math.max(0, Math.ceil((centre - reach * width - start_deg) / step_deg));
      const to = Math.min(n - 1, Math.floor((centre + reach * width - start_deg) / step_deg));
      const byLnD = (-2 * sine) / (cosine * RAD);
      for (let i = from; i <= to; i++) {
        const u = (start_deg + i * step_deg - centre) / width;
        const q = 1 / (1 + 4 * u * u);
        const at = Math.abs(u) / GAUSS_STEP;
        const k = at | 0;
        const g =
          at < GAUSS_REACH / GAUSS_STEP ? GAUSS[k]! + (at - k) * (GAUSS[k + 1]! - GAUSS[k]!) : 0;
        const phi = eta * q + (1 - eta) * g;
        value[i] = value[i]! + height * phi;
        if (!hasSlopes) continue;
        // d phi/du = -8 u (eta q^2 + (1 - eta) ln2 g); x0 moves u by -1/width.
        const pull = 8 * u * (eta * q * q + (1 - eta) * LN2 * g);
        const move = (height * pull) / width;
        byDisplacement[i] = byDisplacement[i]! + move * cosine;
        byLorentz[i] = byLorentz[i]! + height * (q - g);
        byLnWidth[i] = byLnWidth[i]! + height * (u * pull - phi);
        const stretch = move * byLnD;
        for (let m = 0; m < card.modes; m++) {
          const column = byStrain[m]!;
          column[i] = column[i]! + stretch * card.response[l * card.modes + m]!;
        }
      }
    }
  }
  const origin = { shape, sample, value };
  return { value, byDisplacement, byLorentz, byLnWidth, byStrain, origin };
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
  for (let i = 0; i < n; i++) {
    let sum =
      origin.value[i]! +
      lnWidth * profile.byLnWidth[i]! +
      lorentz * profile.byLorentz[i]! +
      displacement * profile.byDisplacement[i]!;
    for (let m = 0; m < strain.length; m++) sum += strain[m]! * profile.byStrain[m]![i]!;
    value[i] = sum;
  }
  return { ...profile, value };
}
