import { baseName } from "../../evidence/phase-names.ts";
import type { NoisyEvidence } from "./noisy-evidence.ts";
import {
  distance,
  dot,
  fromPlane,
  mean,
  type PrincipalAxis,
  principalAxis,
  projected,
  subtract,
  toPlane,
  type Vec,
} from "./plane.ts";

/** Share of ends that were clipped to zero from which a component may be absent from the phase. */
const CLIPPED_SHARE = 0.25;
/** Root mean square of an absent component, in units of the noise, is 0.7 (half a normal); a bit of slack. */
const ABSENT_RMS = 0.9;
/** Ends from which a line of compositions can be told from a region. */
const LINE_ENDS_MIN = 4;

/** What the compositions of one phase look like under the noise: one point, a line, or a region. */
export interface PhaseKind {
  readonly kind: "point" | "line" | "region";
  /** Of a point: where it is. */
  readonly point?: Vec;
  /** Number of ends that were pooled. */
  readonly count: number;
  readonly axis?: PrincipalAxis;
  /** Bit k: component k is absent from the phase. */
  readonly absent: number;
}

interface Observed {
  ends: Vec[];
  weights: number[];
  exact: Vec[];
  /** Bits of components absent from a binary sample that shows this phase. */
  binary: number;
  /** Ends in samples that have all components. */
  ternary: Vec[];
}

/**
 * Tells compounds (a point), phases of one variable (a line) and solution phases (a region) apart: a chi-square test of the
 * scatter of the measured ends against the noise.
 *
 * @param sigma standard deviation of an end per coordinate of the equilateral plane
 * @param noise standard deviation per component
 */
export function classifyPhases(
  evidence: NoisyEvidence,
  { sigma, noise }: { sigma: number; noise: number },
): Map<string, PhaseKind> {
  const observed = collect(evidence);
  return new Map(
    [...observed].map(([key, phase]) => [key, classify(phase, { sigma, noise })] as const),
  );
}

/** Brings an end to what its phase allows: the point, the line, or nothing absent. */
export function snapToKind(end: Vec, kind: PhaseKind | undefined): Vec {
  if (kind === undefined) return end;
  if (kind.point !== undefined) return kind.point;
  const placed = kind.axis ? projected(end, kind.axis.centre, kind.axis.direction) : end;
  return kind.absent === 0 ? placed : withoutAbsent(placed, kind.absent);
}

function collect(evidence: NoisyEvidence): Map<string, Observed> {
  const observed = new Map<string, Observed>();
  const of = (key: string): Observed => {
    const entry = observed.get(key) ?? { ends: [], weights: [], exact: [], binary: 0, ternary: [] };
    observed.set(key, entry);
    return entry;
  };
  for (const line of evidence.lines) {
    line.keys.forEach((key, k) => {
      const entry = of(key);
      entry.ends.push(line.ends[k]!);
      entry.weights.push(line.weight);
      entry.binary |= line.edges;
      if (line.edges === 0) entry.ternary.push(line.ends[k]!);
    });
  }
  for (const triangle of evidence.triangles) {
    triangle.keys.forEach((key, k) => {
      const entry = of(key);
      entry.ends.push(triangle.ends[k]!);
      entry.weights.push(triangle.weight);
      entry.ternary.push(triangle.ends[k]!);
    });
  }
  for (const sample of evidence.exact) {
    for (const [key, entry] of observed)
      if (baseName(key) === sample.key) entry.exact.push(sample.at);
  }
  return observed;
}

function classify(phase: Observed, { sigma, noise }: { sigma: number; noise: number }): PhaseKind {
  const absent = absentComponents(phase, noise);
  const n = phase.ends.length;
  const ends = absent === 0 ? phase.ends : phase.ends.map((end) => withoutAbsent(end, absent));
  const dof = absent === 0 ? 2 : 1;
  const distinct = phase.exact.filter(
    (p, k) => phase.exact.findIndex((q) => distance(p, q) < 1e-6) === k,
  );
  if (distinct.length <= 1 && n >= 2 && !reachesOff(phase, noise)) {
    const centre = distinct[0] ?? mean(ends, phase.weights);
    const scatter = ends.reduce(
      (sum, end, k) => sum + phase.weights[k]! * distance(end, centre) ** 2,
      0,
    );
    const freedom = dof * (distinct.length === 1 ? n : n - 1);
    if (scatter / (freedom * sigma ** 2) < 1 + 1.5 * Math.sqrt(2 / freedom)) {
      const point = distinct[0] ?? withoutAbsent(centre, absent | phase.binary);
      return { kind: "point", point, count: n, absent: absent | phase.binary };
    }
  }
  if (n >= LINE_ENDS_MIN && absent === 0) {
    const axis = principalAxis(ends, phase.weights);
    const scatter = ends.reduce(
      (sum, end, k) => sum + phase.weights[k]! * acrossSquared(end, axis),
      0,
    );
    const freedom = n - 2;
    const isThin = scatter / (freedom * sigma ** 2) < 1 + 1.5 * Math.sqrt(2 / freedom);
    const fits = phase.exact.every((p) => Math.sqrt(acrossSquared(p, axis)) < 0.1 * sigma);
    if (isThin && fits) return { kind: "line", count: n, axis, absent };
  }
  return { kind: "region", count: n, absent };
}

function absentComponents(phase: Observed, noise: number): number {
  let absent = 0;
  const fractions = phase.ternary.map(fromPlane);
  const exact = phase.exact.map(fromPlane);
  for (let k = 0; k < 3 && fractions.length >= 2; k++) {
    const clipped = fractions.filter((x) => x[k]! < 1e-9).length;
    const rms = Math.sqrt(fractions.reduce((sum, x) => sum + x[k]! ** 2, 0) / fractions.length);
    const isContained = exact.some((x) => x[k]! > 1e-9);
    if (clipped >= CLIPPED_SHARE * fractions.length && rms < ABSENT_RMS * noise && !isContained)
      absent |= 1 << k;
  }
  return absent;
}

/**
 * True where ternary samples show more of a component in the phase than noise clipped at 0 explains (mean 0.40 s, standard
 * deviation 0.58 s), though binary samples prove that the phase exists without it: then it is no point.
 */
function reachesOff(phase: Observed, noise: number): boolean {
  const fractions = phase.ternary.map(fromPlane);
  const n = fractions.length;
  return [0, 1, 2].some((k) => {
    if (((phase.binary >> k) & 1) === 0 || n === 0) return false;
    const mean = fractions.reduce((sum, x) => sum + x[k]!, 0) / n;
    return mean > noise * (0.4 + (2 * 0.58) / Math.sqrt(n));
  });
}

function withoutAbsent(end: Vec, absent: number): Vec {
  if (absent === 0) return end;
  const x = fromPlane(end).map((value, k) => ((absent >> k) & 1 ? 0 : value));
  const sum = x[0]! + x[1]! + x[2]!;
  return sum > 0 ? toPlane([x[0]! / sum, x[1]! / sum, x[2]! / sum]) : end;
}

function acrossSquared(p: Vec, axis: PrincipalAxis): number {
  const d = subtract(p, axis.centre);
  return Math.max(0, dot(d, d) - dot(d, axis.direction) ** 2);
}
