import { gaussLegendre, type Quadrature } from "../../../numeric/gauss-legendre.ts";
import { scaledBesselI } from "../../../numeric/modified-bessel.ts";

/** Unit vectors on an open chain or a ring: -beta H = sum_b K_b s_b.s_(b+1) + h sum s^z. */
export interface ClassicalChain {
  /** beta J of each bond along the chain; a ring has as many as sites, an open chain one less. */
  readonly couplings: readonly number[];
  readonly siteCount: number;
  /** beta g muB H. */
  readonly field: number;
}

/** ln Z and its derivatives, exact up to quadrature. */
export interface ClassicalState {
  readonly logPartition: number;
  /** d ln Z / dh = <sum s^z> and the second derivative, its variance. */
  readonly moment: number;
  readonly momentVariance: number;
  /** -beta <H> and beta^2 var H. */
  readonly reducedEnergy: number;
  readonly reducedEnergyVariance: number;
}

/** A truncated series a + b e + c e^2: carries first and second derivatives through products. */
export type Series = readonly [Float64Array, Float64Array, Float64Array];

/** A part of a series that is zero throughout: a bond does not depend on the field. */
const NOTHING = new Float64Array(0);

/** Azimuthal modes of a ring are summed until one adds less than this. */
const MODE_SHARE = 1e-15;
const MODES_MAX = 200;
const NODES_MAX = 220;

/** How exact, what is wanted, and what neighbouring solutions may share. */
export interface ClassicalOptions {
  /** `fitting` is good to about 1e-6 at a tenth of the cost. */
  readonly accuracy?: "exact" | "fitting";
  /** Leaves the other derivatives out (they are then 0). */
  readonly along?: "field" | "beta" | "both";
  /** 1 leaves the variances out (they are then wrong). */
  readonly order?: 1 | 2;
  /** Largest |beta J| or |beta g muB H| of the solutions that share `bonds`: it sets their common nodes. */
  readonly strongest?: number;
  /** Filled and used: the bonds' operators do not depend on the field. */
  readonly bonds?: Map<string, Series>;
}

/**
 * Transfer operator over cos(theta) with Gauss-Legendre nodes; the azimuth is done exactly: a bond couples mode m of
 * neighbours with exp(K c c') I_m(K s s'). An open chain needs m = 0 only; a ring sums the traces over all m.
 * M. E. Fisher, Am. J. Phys. 32, 343 (1964); G. S. Joyce, Phys. Rev. 155, 478 (1967) for zero field.
 * Derivatives by h and by beta are carried as truncated series, not by differences.
 */
export function solveClassicalChain(
  chain: ClassicalChain,
  options: ClassicalOptions = {},
): ClassicalState {
  const strongest =
    options.strongest ?? Math.max(...chain.couplings.map(Math.abs), Math.abs(chain.field));
  const isExact = options.accuracy !== "fitting";
  const root = Math.sqrt(strongest);
  const nodes = Math.min(NODES_MAX, Math.ceil(isExact ? 24 + 7 * root : 10 + 3 * root));
  const quadrature = gaussLegendre(nodes);
  const share = isExact ? MODE_SHARE : 1e-7;
  const context = {
    quadrature,
    share,
    bonds: options.bonds ?? new Map<string, Series>(),
    order: options.order ?? 2,
  };
  const none = [0, 0, 0] as const;
  const byField = options.along === "beta" ? none : logSeries(chain, context, "field");
  const byBeta = options.along === "field" ? none : logSeries(chain, context, "beta");
  return {
    logPartition: options.along === "beta" ? byBeta[0] : byField[0],
    moment: byField[1],
    momentVariance: byField[2],
    reducedEnergy: byBeta[1],
    reducedEnergyVariance: byBeta[2],
  };
}

interface TransferContext {
  readonly quadrature: Quadrature;
  /** A ring's modes end where one adds less than this share. */
  readonly share: number;
  readonly bonds: Map<string, Series>;
  readonly order: 1 | 2;
}

/** ln Z, its first and its second derivative along h (in units of h) or along beta (in units of beta). */
function logSeries(
  chain: ClassicalChain,
  { quadrature, share, bonds, order }: TransferContext,
  along: "field" | "beta",
): [number, number, number] {
  const isRing = chain.couplings.length === chain.siteCount;
  const sites = siteSeries(chain, quadrature, along, order);
  const shift =
    chain.couplings.reduce((sum, K) => sum + Math.abs(K), 0) +
    chain.siteCount * Math.abs(chain.field);
  const bondOf = (K: number, mode: number): Series => {
    const key = `${along} ${K} ${mode} ${quadrature.nodes.length}`;
    const known = bonds.get(key) ?? bondSeries(K, mode, quadrature, along);
    bonds.set(key, known);
    return known;
  };
  const total: [number, number, number] = [0, 0, 0];
  for (let mode = 0; mode < (isRing ? MODES_MAX : 1); mode++) {
    const ordered = chain.couplings.map((K) => bondOf(K, mode));
    const part = isRing ? traceRing(ordered, sites) : sumOpen(ordered, sites, quadrature);
    const times = mode === 0 ? 1 : 2;
    part.forEach((value, k) => {
      total[k] = total[k]! + times * value;
    });
    if (mode > 0 && part.every((v, k) => Math.abs(v) <= share * Math.abs(total[k]!))) break;
  }
  const [z, first, second] = total;
  const slope = first / z;
  return [Math.log(z) + shift, slope, (2 * second) / z - slope * slope];
}

/** Weight of a site at each node, quadrature included: (w/2) exp(h c - |h|), as a series. */
function siteSeries(
  chain: ClassicalChain,
  q: Quadrature,
  along: "field" | "beta",
  order: 1 | 2,
): Series {
  const factor = along === "field" ? 1 : chain.field;
  const zero = q.nodes.map(
    (c, k) => 0.5 * q.weights[k]! * Math.exp(chain.field * c - Math.abs(chain.field)),
  );
  const one = zero.map((w, k) => w * factor * q.nodes[k]!);
  const two = order === 1 ? NOTHING : zero.map((w, k) => 0.5 * w * (factor * q.nodes[k]!) ** 2);
  return [zero, one, two];
}

/** exp(K c c' - |K|) I_m(K s s') and its derivatives by beta, K = beta J: those by K times K. */
function bondSeries(K: number, mode: number, q: Quadrature, along: "field" | "beta"): Series {
  const n = q.nodes.length;
  const series = [0, 1, 2].map((k) =>
    along === "field" && k > 0 ? NOTHING : new Float64Array(n * n),
  ) as unknown as Series;
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      const along1 = q.nodes[a]! * q.nodes[b]!;
      const across = Math.sqrt((1 - q.nodes[a]! ** 2) * (1 - q.nodes[b]! ** 2));
      const y = K * across;
      const scale = Math.exp(K * along1 + Math.abs(y) - Math.abs(K));
      const I = scaledBesselI(y, mode + 3);
      const at = (m: number): number => I[Math.abs(m)]!; // I_-m = I_m
      const i0 = at(mode);
      const i1 = 0.5 * (at(mode - 1) + at(mode + 1));
      const i2 = 0.25 * (at(mode - 2) + 2 * i0 + at(mode + 2));
      const first = along1 * i0 + across * i1;
      const second = along1 * along1 * i0 + 2 * along1 * across * i1 + across * across * i2;
      const values = [i0, K * first, 0.5 * K * K * second];
      for (let k = 0; k < (along === "field" ? 1 : 3); k++) {
        series[k]![a * n + b] = scale * values[k]!;
        series[k]![b * n + a] = scale * values[k]!;
      }
    }
  }
  return series;
}

/** Sites and bonds in turn from one end to the other, summed over the last site. */
function sumOpen(bonds: readonly Series[], sites: Series, q: Quadrature): number[] {
  const n = q.nodes.length;
  let state: Series = sites;
  for (const bond of bonds) state = multiplyDiagonal(applyBond(bond, state, n), sites);
  return state.map((values) => values.reduce((sum, value) => sum + value, 0));
}

/** Product of two series by `add`, which adds one product of parts; orders that neither has stay absent. */
function combine(
  left: Series,
  right: Series,
  size: number,
  add: (a: Float64Array, b: Float64Array, into: Float64Array) => void,
): Series {
  const out = [NOTHING, NOTHING, NOTHING];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; i + j < 3; j++) {
      if (left[i] === NOTHING || right[j] === NOTHING) continue;
      if (out[i + j] === NOTHING) out[i + j] = new Float64Array(size);
      add(left[i]!, right[j]!, out[i + j]!);
    }
  }
  return out as unknown as Series;
}

function applyBond(bond: Series, state: Series, n: number): Series {
  return combine(bond, state, n, (matrix, vector, into) => {
    for (let a = 0; a < n; a++) {
      let sum = 0;
      for (let b = 0; b < n; b++) sum += matrix[a * n + b]! * vector[b]!;
      into[a] = into[a]! + sum;
    }
  });
}

function multiplyDiagonal(state: Series, sites: Series): Series {
  const n = state[0].length;
  return combine(state, sites, n, (values, weights, into) => {
    for (let a = 0; a < n; a++) into[a] = into[a]! + values[a]! * weights[a]!;
  });
}

/**
 * Trace of the product of all bonds with their sites. Bonds that repeat along the ring are multiplied once, their period
 * raised to its power; the last product needs its diagonal only.
 */
function traceRing(bonds: readonly Series[], sites: Series): number[] {
  const n = sites[0].length;
  const distinct = new Map<Series, Series>();
  for (const bond of bonds) {
    if (!distinct.has(bond)) distinct.set(bond, withSites(bond, sites, n));
  }
  const links = bonds.map((bond) => distinct.get(bond)!);
  const period = periodOf(links);
  const cell = links.slice(0, period);
  const times = links.length / period;
  if (times === 1) {
    const last = cell.at(-1)!;
    const rest = cell.slice(0, -1).reduce((left, right) => multiply(left, right, n));
    return traceOfProduct(rest, last, n);
  }
  const product = cell.reduce((left, right) => multiply(left, right, n));
  return traceOfProduct(power(product, times - 1, n), product, n);
}

/** The smallest shift that maps the ring's bonds on themselves. */
function periodOf(links: readonly Series[]): number {
  for (let p = 1; p < links.length; p++) {
    if (links.length % p !== 0) continue;
    if (links.every((link, k) => link === links[(k + p) % links.length])) return p;
  }
  return links.length;
}

function traceOfProduct(left: Series, right: Series, n: number): number[] {
  const traces = combine(left, right, 1, (x, y, into) => {
    let sum = 0;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) sum += x[a * n + b]! * y[b * n + a]!;
    }
    into[0] = into[0]! + sum;
  });
  return traces.map((trace) => trace[0] ?? 0);
}

/** bond(a, b) site(b). */
function withSites(bond: Series, sites: Series, n: number): Series {
  return combine(bond, sites, n * n, (matrix, weights, into) => {
    for (let k = 0; k < n * n; k++) into[k] = into[k]! + matrix[k]! * weights[k % n]!;
  });
}

function multiply(left: Series, right: Series, n: number): Series {
  return combine(left, right, n * n, (x, y, into) => addProduct(x, y, into, n));
}

/** into += x y; four rows of y at a time, which halves the loads and stores of the inner loop. */
function addProduct(x: Float64Array, y: Float64Array, into: Float64Array, n: number): void {
  const whole = n - (n % 4);
  for (let a = 0; a < n; a++) {
    const row = a * n;
    for (let k = 0; k < whole; k += 4) {
      const f0 = x[row + k]!;
      const f1 = x[row + k + 1]!;
      const f2 = x[row + k + 2]!;
      const f3 = x[row + k + 3]!;
      const from = k * n;
      for (let b = 0; b < n; b++) {
        const at = from + b;
        into[row + b] =
          into[row + b]! +
          f0 * y[at]! +
          f1 * y[at + n]! +
          f2 * y[at + 2 * n]! +
          f3 * y[at + 3 * n]!;
      }
    }
    for (let k = whole; k < n; k++) {
      const f = x[row + k]!;
      for (let b = 0; b < n; b++) into[row + b] = into[row + b]! + f * y[k * n + b]!;
    }
  }
}

function power(base: Series, exponent: number, n: number): Series {
  let result: Series | undefined;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = result === undefined ? square : multiply(result, square, n);
    if (left > 1) square = multiply(square, square, n);
  }
  return result ?? base;
}
