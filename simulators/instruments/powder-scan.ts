import type { Prng } from "../../src/core/prng.ts";
import type { PatternObservation } from "../../src/domain/observation.ts";
import type { ListedLine } from "../truths/line-lists.ts";

/** How the simulated diffractometer scans; lengths and angles as its operator would give them. */
export interface ScanSettings {
  /** Of each step. Default 0.2. */
  readonly countingTime_s?: number | undefined;
  /** At the strongest of all lines of a sample that is that phase alone. Default 20 000. */
  readonly strongest_countsPerSecond?: number | undefined;
  /** Default 100. */
  readonly background_countsPerSecond?: number | undefined;
  /** Standard deviation of ln(intensity) of each line: grains that are few or lie one way. Default 0. */
  readonly texture?: number | undefined;
  /** Standard deviation of the shift at 2theta = 0 of samples that do not lie in the focus (cos theta law). Default 0. */
  readonly displacement_deg?: number | undefined;
  /** Height of a glass holder's hump at 22 deg, as a share of the strongest line. Default 0. */
  readonly hump?: number | undefined;
  /** Share of each sample that gives no lines but a hump at 42 deg. Default 0. */
  readonly amorphous?: number | undefined;
}

/** Lines of one phase in a sample, with its share of the atoms. */
export interface ScatteringPhase {
  readonly fraction: number;
  /** Of all lengths of its cell, against its line list. */
  readonly strain: number;
  readonly lines: readonly ListedLine[];
}

const FIRST_DEG = 18;
const LAST_DEG = 84;
const STEP_DEG = 0.04;
const POINTS = Math.round((LAST_DEG - FIRST_DEG) / STEP_DEG) + 1;
const WIDTH_DEG = 0.14;
const LORENTZIAN = 0.5;
/** A line's tail ends here, in widths: under 0.1 % of its height. */
const REACH = 16;
/** Copper's K-alpha doublet. */
const RADIATION = [
  { wavelength_A: 1.540593, share: 2 / 3 },
  { wavelength_A: 1.544427, share: 1 / 3 },
];
const HOLDER = { at_deg: 22, width_deg: 8 };
const GLASS = { at_deg: 42, width_deg: 6 };
/** Under this the Poisson distribution is drawn exactly, above it a rounded normal one is as good. */
const POISSON_NORMAL_FROM = 50;
const RAD = Math.PI / 180;

/** Laboratory seconds of one scan. */
export function scanDuration_s({ countingTime_s = 0.2 }: ScanSettings): number {
  return POINTS * countingTime_s;
}

/** Counts over two theta of a powder of these phases. `scale` is the intensity of the strongest line of all lists. */
export function scanPowder(options: {
  readonly phases: readonly ScatteringPhase[];
  readonly scale: number;
  readonly settings: ScanSettings;
  readonly prng: Prng;
}): PatternObservation {
  const { phases, scale, settings, prng } = options;
  const { countingTime_s = 0.2, texture = 0, hump = 0, amorphous = 0 } = settings;
  const shift_deg = (settings.displacement_deg ?? 0) * prng.normal();
  const ideal = new Float64Array(POINTS);
  for (const { fraction, strain, lines } of phases) {
    for (const { d_A, intensity } of lines) {
      const grains = texture === 0 ? 1 : Math.exp(texture * prng.normal() - texture ** 2 / 2);
      const area = (fraction * (1 - amorphous) * grains * intensity) / scale;
      addLine(ideal, d_A * (1 + strain), area, shift_deg);
    }
  }
  addHump(ideal, HOLDER, hump);
  // As a hump of the lines' area would be: as much lower as it is wider.
  addHump(ideal, GLASS, (amorphous * WIDTH_DEG) / GLASS.width_deg);
  const rate = settings.strongest_countsPerSecond ?? 20_000;
  const background = settings.background_countsPerSecond ?? 100;
  const values = Array.from(ideal, (share) =>
    drawCounts((share * rate + background) * countingTime_s, prng),
  );
  const angles = values.map((_, k) => Number((FIRST_DEG + k * STEP_DEG).toFixed(2)));
  return {
    kind: "pattern",
    axis: { name: "twoTheta", unit: "deg", values: angles },
    radiation: RADIATION,
    values,
    unit: "counts",
    countingTime_s,
  };
}

/** Adds both lines of the doublet, as pseudo-Voigt functions of height `area` in all. */
function addLine(ideal: Float64Array, d_A: number, area: number, shift_deg: number): void {
  for (const { wavelength_A, share } of RADIATION) {
    const sine = wavelength_A / (2 * d_A);
    if (sine >= 1) continue;
    const theta = Math.asin(sine);
    const at_deg = (2 * theta) / RAD + shift_deg * Math.cos(theta);
    const from = Math.ceil((at_deg - REACH * WIDTH_DEG - FIRST_DEG) / STEP_DEG);
    const to = Math.floor((at_deg + REACH * WIDTH_DEG - FIRST_DEG) / STEP_DEG);
    for (let k = Math.max(0, from); k <= Math.min(POINTS - 1, to); k++) {
      const u = (FIRST_DEG + k * STEP_DEG - at_deg) / WIDTH_DEG;
      const lorentz = LORENTZIAN / (1 + 4 * u * u);
      const gauss = (1 - LORENTZIAN) * Math.exp(-4 * Math.LN2 * u * u);
      ideal[k] = ideal[k]! + area * share * (lorentz + gauss);
    }
  }
}

function addHump(
  ideal: Float64Array,
  { at_deg, width_deg }: { readonly at_deg: number; readonly width_deg: number },
  height: number,
): void {
  if (height === 0) return;
  for (let k = 0; k < POINTS; k++) {
    const u = (FIRST_DEG + k * STEP_DEG - at_deg) / width_deg;
    ideal[k] = ideal[k]! + height * Math.exp(-4 * Math.LN2 * u * u);
  }
}

/** A number of counts with that mean (Poisson). */
function drawCounts(mean: number, prng: Prng): number {
  if (mean >= POISSON_NORMAL_FROM) {
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * prng.normal()));
  }
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = prng.next(); product > floor; product *= prng.next()) count += 1;
  return count;
}
