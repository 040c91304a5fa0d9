import { dot } from "../../numeric/dot.ts";
import { gramMatrix } from "../../numeric/gram-matrix.ts";
import { type FitContext, type PhaseFit, RELATIVE } from "./phase-fit.ts";
import { isotropicCurvature, PRIOR, solidSolutionShare } from "./shape-priors.ts";

const DISPLACEMENT_MAX_DEG = 0.3;
const LN_WIDTH_MAX = 2;
const ANISOTROPIC_MAX = 0.015;
const SCALE_MAX = 5;

/**
 * A fit's squares as a quadratic in its parameters: x^T A x / 2 + b^T x with A = J^T J, J the derivatives over standard deviations,
 * priors apart. Order: displacement, lorentz, then per phase scale, lnWidth, strains.
 */
export interface NormalEquations {
  readonly n: number;
  /** n x n, row-major. */
  readonly curvature: Float64Array;
  readonly linear: Float64Array;
  readonly x: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Inverse variances and means of the priors. */
  readonly prior: Float64Array;
  readonly centre: Float64Array;
}

/** O(n^2 bins / 2) with n some 2 + 4 per phase. */
export function normalEquations(context: FitContext, fit: PhaseFit): NormalEquations {
  const parameters = parametersOf(context, fit);
  const [x, low, high, prior, centre] = [0, 1, 2, 3, 4].map((k) =>
    Float64Array.from(parameters, (row) => row[k]!),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const n = x.length;
  const bins = context.pattern.n;
  const columns = derivatives(context, fit, n);
  const curvature = gramMatrix(columns, n, bins);
  const residual = columns.subarray(n * bins, (n + 1) * bins);
  const linear = x.map((_, a) => -dot(columns.subarray(a * bins, (a + 1) * bins), residual));
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) linear[a] = linear[a]! - curvature[a * n + b]! * x[b]!;
  }
  return { n, curvature, linear, x, low, high, prior, centre };
}

/** Value, limits, inverse variance and mean of the prior of each parameter. */
function parametersOf(
  { library }: FitContext,
  { sample, phases }: PhaseFit,
): (readonly [x: number, low: number, high: number, prior: number, centre: number])[] {
  const { displacement_deg, lorentz } = sample;
  const mean = PRIOR.lorentz.mean;
  const members = phases.flatMap(({ card, scale, shape }) => {
    const strains = Array.from(shape.strain, (value, m) => {
      const limit = m === 0 ? library.cards[card]!.strainLimit : ANISOTROPIC_MAX;
      const isotropic = isotropicCurvature(value, solidSolutionShare(library, card));
      const prior = m === 0 ? isotropic : 1 / PRIOR.anisotropic ** 2;
      return [value, -limit, limit, prior, 0] as const;
    });
    const width = [shape.lnWidth, -LN_WIDTH_MAX, LN_WIDTH_MAX, 1 / PRIOR.lnWidth ** 2, 0] as const;
    return [[scale, 0, SCALE_MAX, 0, 0] as const, width, ...strains];
  });
  const height = 1 / PRIOR.displacement_deg ** 2;
  return [
    [displacement_deg, -DISPLACEMENT_MAX_DEG, DISPLACEMENT_MAX_DEG, height, 0],
    [lorentz, 0, 1, 1 / PRIOR.lorentz.spread ** 2, mean],
    ...members,
  ];
}

/** (n + 1) x bins: the derivatives, and last what is left of the pattern, each over the standard deviation of its bin. */
function derivatives(context: FitContext, fit: PhaseFit, n: number): Float64Array {
  const { plain, pattern } = context;
  const bins = pattern.n;
  const { net } = pattern;
  const out = context.scratch.take((n + 2) * bins);
  const inverse = out.subarray((n + 1) * bins, (n + 2) * bins);
  for (let i = 0; i < bins; i++) {
    const off = RELATIVE * Math.max(net[i]!, fit.model[i]!);
    inverse[i] = 1 / Math.sqrt(plain[i]! + off ** 2);
    out[n * bins + i] = (net[i]! - fit.model[i]!) * inverse[i]!;
  }
  out.fill(0, 0, 2 * bins);
  let row = 2;
  const put = (source: Float64Array, scale: number): void => {
    weigh(source, scale, inverse, out.subarray(row * bins, (row + 1) * bins));
    row++;
  };
  fit.phases.forEach(({ scale }, k) => {
    const { value, slopes } = fit.profiles[k]!;
    const { byDisplacement, byLorentz, byLnWidth, byStrain } = slopes();
    addWeighed(byDisplacement, scale, inverse, out.subarray(0, bins));
    addWeighed(byLorentz, scale, inverse, out.subarray(bins, 2 * bins));
    put(value, 1);
    put(byLnWidth, scale);
    for (const column of byStrain) put(column, scale);
  });
  return out;
}

function weigh(source: Float64Array, scale: number, inverse: Float64Array, out: Float64Array) {
  for (let i = 0; i < out.length; i++) out[i] = source[i]! * scale * inverse[i]!;
}

function addWeighed(source: Float64Array, scale: number, inverse: Float64Array, out: Float64Array) {
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + scale * inverse[i]! * source[i]!;
}
