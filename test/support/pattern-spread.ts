import { createPrng } from "../../src/core/prng.ts";
import type { PatternObservation } from "../../src/domain/observation.ts";
import type { Crystal } from "../../src/models/diffraction/crystal.ts";
import type { DiffractionPattern } from "../../src/models/diffraction/pattern.ts";
import {
  lorentzPolarisation,
  type PowderPattern,
  powderLines,
} from "../../src/models/diffraction/powder-lines.ts";
import { radiationOf } from "../../src/models/diffraction/radiation.ts";
import type { ReferenceSource } from "../../src/models/diffraction/reference-card.ts";

/** A phase of a made-up section: its place, and how far its cell moves over the section. */
export interface SectionPhase {
  readonly name: string;
  /** Shares of the second and third component. */
  readonly at: readonly [number, number];
  /** Strain by share of the second and third component, from its place. */
  readonly slope: readonly [number, number];
}

/** Phases and the triangles of three that coexist. */
export interface Section {
  readonly phases: readonly SectionPhase[];
  readonly triangles: readonly (readonly [number, number, number])[];
}

export interface PhaseShare {
  readonly name: string;
  /** By weight. */
  readonly share: number;
  readonly strain: number;
}

/** A simulated mixture's make-up; all of one pattern. */
export interface MixtureOptions {
  readonly noise: number;
  readonly displacement_deg: number;
  readonly width_deg: number;
  readonly lorentz: number;
  /** Spread of ln of each line's intensity: texture and structure errors. */
  readonly texture: number;
  readonly humpHeight: number;
  readonly random: () => number;
}

/** Phases and shares at each of the 231 points of a section in steps of 5 %. */
export function sectionPoints(section: Section): PhaseShare[][] {
  const out: PhaseShare[][] = [];
  for (let i = 0; i <= 20; i++) {
    for (let j = 0; i + j <= 20; j++) out.push(sharesAt(section, i / 20, j / 20));
  }
  return out;
}

/** Phases and shares where the second and third component have these shares. */
export function sharesAt(section: Section, b: number, c: number): PhaseShare[] {
  for (const triangle of section.triangles) {
    const [p, q, r] = triangle.map((k) => section.phases[k]!) as [
      SectionPhase,
      SectionPhase,
      SectionPhase,
    ];
    const det =
      (q.at[0] - p.at[0]) * (r.at[1] - p.at[1]) - (r.at[0] - p.at[0]) * (q.at[1] - p.at[1]);
    const u = ((b - p.at[0]) * (r.at[1] - p.at[1]) - (r.at[0] - p.at[0]) * (c - p.at[1])) / det;
    const v = ((q.at[0] - p.at[0]) * (c - p.at[1]) - (b - p.at[0]) * (q.at[1] - p.at[1])) / det;
    const shares = [1 - u - v, u, v];
    if (shares.some((share) => share < -1e-9)) continue;
    return [p, q, r].flatMap(({ name, at, slope }, k) => {
      const share = shares[k]!;
      const strain = slope[0] * (b - at[0]) + slope[1] * (c - at[1]);
      const limited = Math.max(-0.06, Math.min(0.06, strain));
      return share < 1e-6 ? [] : [{ name, share, strain: limited }];
    });
  }
  throw new Error(`no triangle holds ${b}, ${c}`);
}

const RAD = Math.PI / 180;

/** The pattern of a mixture on 10 to 90 degrees in steps of 0.05, Cu, arbitrary unit. */
export function mixturePattern(
  sources: ReadonlyMap<string, ReferenceSource>,
  mixture: readonly PhaseShare[],
  options: MixtureOptions,
): DiffractionPattern {
  const x = Float64Array.from({ length: 1601 }, (_, k) => 10 + 0.05 * k);
  const y = new Float64Array(x.length);
  const cu = radiationOf("Cu")!;
  for (const { name, share, strain } of mixture) {
    const source = sources.get(name);
    if (source?.kind !== "structure") throw new Error(`no structure ${name}`);
    const powder = linesOf(source.crystal);
    const volume = share / powder.density_g_per_cm3;
    for (const line of powder.lines) {
      const d = line.d_A * (1 + strain);
      const texture = Math.exp(options.texture * normal(options.random));
      for (const { wavelength_A, share: part } of cu) {
        const sine = wavelength_A / (2 * d);
        if (sine >= 1) continue;
        const theta = Math.asin(sine);
        const centre = (2 * theta) / RAD + options.displacement_deg * Math.cos(theta);
        const width = options.width_deg * Math.sqrt(0.8 + 0.6 * Math.tan(theta) ** 2);
        const area =
          (volume * line.strength * texture * part * lorentzPolarisation(line.d_A, 1.5406)) /
          powder.volume_A3 ** 2;
        addLine(x, y, { centre, width, area, lorentz: options.lorentz });
      }
    }
  }
  const top = y.reduce((max, v) => Math.max(max, v), 0);
  const intensity = y.map((v, k) => {
    const hump = options.humpHeight * Math.exp(-(((x[k]! - 24) / 6) ** 2));
    return v / top + hump + options.noise * normal(options.random);
  });
  return { axis: "twoTheta_deg", x, intensity, unit: "arbitrary" };
}

const lines = new WeakMap<Crystal, PowderPattern>();

/** Lines of a structure, worked out once: a benchmark draws thousands of patterns from a few. */
function linesOf(crystal: Crystal): PowderPattern {
  const known = lines.get(crystal) ?? powderLines(crystal, { d_min_A: 1.0, displacement_A2: 0.4 });
  lines.set(crystal, known);
  return known;
}

interface ProfileLine {
  readonly centre: number;
  readonly width: number;
  readonly area: number;
  readonly lorentz: number;
}

function addLine(x: Float64Array, y: Float64Array, line: ProfileLine): void {
  const step = x[1]! - x[0]!;
  const from = Math.max(0, Math.floor((line.centre - 20 * line.width - x[0]!) / step));
  const to = Math.min(x.length - 1, Math.ceil((line.centre + 20 * line.width - x[0]!) / step));
  for (let i = from; i <= to; i++) {
    const u = (x[i]! - line.centre) / line.width;
    const lorentz = 2 / (Math.PI * (1 + 4 * u * u));
    const gauss = 2 * Math.sqrt(Math.LN2 / Math.PI) * Math.exp(-4 * Math.LN2 * u * u);
    y[i] = y[i]! + (line.area / line.width) * (line.lorentz * lorentz + (1 - line.lorentz) * gauss);
  }
}

/** Box-Muller. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A mixture as a diffractometer reports it, with the faults of an ordinary one; `seed` draws its noise. */
export function measuredPattern(
  sources: ReadonlyMap<string, ReferenceSource>,
  mixture: readonly PhaseShare[],
  seed: string,
): PatternObservation {
  const prng = createPrng(seed);
  const { x, intensity } = mixturePattern(sources, mixture, {
    ...{ noise: 0.01, displacement_deg: 0.02, width_deg: 0.25, lorentz: 0.5, texture: 0.1 },
    humpHeight: 0,
    random: () => prng.next(),
  });
  return {
    kind: "pattern",
    axis: { name: "twoTheta", unit: "deg", values: Array.from(x) },
    values: Array.from(intensity, (v) => 1000 * v),
    unit: "counts",
    countingTime_s: 1,
  };
}
