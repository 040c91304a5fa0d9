/**
 * The normal distribution and what expected improvement needs of it, safe far into the lower tail.
 * The rational approximations are those of W. J. Cody, Math. Comp. 23, 631 (1969), relative error below 1e-15.
 */
const SQRT1_2 = Math.SQRT1_2;
const INV_SQRT_PI = 0.5641895835477563;
const INV_SQRT_2PI = 0.3989422804014327;
const LN_SQRT_2PI = 0.9189385332046728;
const SQRT_PI_2 = 1.2533141373155003;
/** Below this, 1 + z R(z) of the tail cancels more digits than the asymptotic series loses. */
const ASYMPTOTIC_z = -40;

/** exp(x^2) erfc(x) for x >= 0.46875 (Cody's second and third interval). */
function scaledErfcTail(x: number): number {
  if (x <= 4) {
    let n = 2.1531153547440383e-8 * x;
    n = (n + 0.5641884969886701) * x;
    n = (n + 8.883149794388377) * x;
    n = (n + 66.11919063714163) * x;
    n = (n + 298.6351381974001) * x;
    n = (n + 881.952221241769) * x;
    n = (n + 1712.0476126340707) * x;
    n = (n + 2051.0783778260716) * x + 1230.3393547979972;
    let d = x;
    d = (d + 15.744926110709835) * x;
    d = (d + 117.6939508913125) * x;
    d = (d + 537.1811018620099) * x;
    d = (d + 1621.3895745666903) * x;
    d = (d + 3290.7992357334597) * x;
    d = (d + 4362.619090143247) * x;
    d = (d + 3439.3676741437216) * x + 1230.3393548037495;
    return n / d;
  }
  const w = 1 / (x * x);
  let n = 0.016315387137302097 * w;
  n = (n + 0.30532663496123236) * w;
  n = (n + 0.36034489994980445) * w;
  n = (n + 0.12578172611122926) * w;
  n = (n + 0.016083785148742275) * w + 0.0006587491615298378;
  let d = w;
  d = (d + 2.568520192289822) * w;
  d = (d + 1.8729528499234673) * w;
  d = (d + 0.5279051029514285) * w;
  d = (d + 0.06051834131244132) * w + 0.0023352049762686918;
  return (INV_SQRT_PI - (w * n) / d) / x;
}

/** Error function for |x| <= 0.46875 (Cody's first interval). */
function smallErf(x: number): number {
  const w = x * x;
  let n = 0.18577770618460315 * w;
  n = (n + 3.1611237438705655) * w;
  n = (n + 113.86415415105016) * w;
  n = (n + 377.485237685302) * w + 3209.3775891384694;
  let d = w;
  d = (d + 23.601290952344122) * w;
  d = (d + 244.02463793444417) * w;
  d = (d + 1282.6165260773723) * w + 2844.236833439171;
  return (x * n) / d;
}

/** Complementary error function, relative error about 1e-15 where it does not underflow (x < 26). */
export function erfc(x: number): number {
  const a = Math.abs(x);
  if (a <= 0.46875) return 1 - smallErf(x);
  const tail = a > 27 ? 0 : Math.exp(-a * a) * scaledErfcTail(a);
  return x > 0 ? tail : 2 - tail;
}

/** exp(x^2) erfc(x) for x >= 0; never underflows. */
function scaledErfc(x: number): number {
  return x <= 0.46875 ? Math.exp(x * x) * (1 - smallErf(x)) : scaledErfcTail(x);
}

/** Density of the standard normal distribution. */
function normalDensity(z: number): number {
  return INV_SQRT_2PI * Math.exp(-0.5 * z * z);
}

/** P(Z <= z). */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * SQRT1_2);
}

/** ln P(Z <= z), finite for every finite z. */
export function logNormalCdf(z: number): number {
  if (z > -1) return Math.log(normalCdf(z));
  return Math.log(0.5 * scaledErfc(-z * SQRT1_2)) - 0.5 * z * z;
}

/** h(z) = phi(z) + z Phi(z) = E[max(Z + z, 0)]: expected improvement in units of the deviation. 0 below z = -38. */
export function expectedExcess(z: number): number {
  if (z > -1) return normalDensity(z) + z * normalCdf(z);
  if (z < -38) return 0;
  return normalDensity(z) * excessRatio(z);
}

/** ln h(z), finite for every finite z (S. Ament et al., NeurIPS 2023, logEI). */
export function logExpectedExcess(z: number): number {
  if (z > -1) return Math.log(normalDensity(z) + z * normalCdf(z));
  return Math.log(excessRatio(z)) - 0.5 * z * z - LN_SQRT_2PI;
}

/** h(z) / phi(z) for z <= -1: 1 + z R(z) with Mills' ratio R, by its asymptotic series far out. */
function excessRatio(z: number): number {
  if (z < ASYMPTOTIC_z) {
    const w = 1 / (z * z);
    return w * (1 - w * (3 - w * (15 - 105 * w)));
  }
  return 1 + z * SQRT_PI_2 * scaledErfc(-z * SQRT1_2);
}

/** ln(P(Z <= b) - P(Z <= a)) for a < b, without cancellation in either tail; -Infinity where a >= b. */
export function logNormalInterval(a: number, b: number): number {
  if (!(a < b)) return Number.NEGATIVE_INFINITY;
  if (a > 0) return logNormalInterval(-b, -a);
  if (b > 0) return Math.log1p(-0.5 * erfc(-a * SQRT1_2) - 0.5 * erfc(b * SQRT1_2));
  const upper = logNormalCdf(b);
  const gap = logNormalCdf(a) - upper;
  return upper + Math.log(-Math.expm1(gap));
}

/**
 * z with P(Z <= z) = p, 0 < p < 1: P. J. Acklam's rational start (relative error 1e-9) and one Halley step.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return Number.NEGATIVE_INFINITY;
  if (!(p < 1)) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  let z: number;
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    const n =
      ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q -
        2.549732539343734) *
        q +
        4.374664141464968) *
        q +
      2.938163982698783;
    const d =
      (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q +
        3.754408661907416) *
        q +
      1;
    z = n / d;
  } else {
    const q = p - 0.5;
    const r = q * q;
    const n =
      ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r +
        138.357751867269) *
        r -
        30.66479806614716) *
        r +
      2.506628277459239;
    const d =
      ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r +
        66.80131188771972) *
        r -
        13.28068155288572) *
        r +
      1;
    z = (n * q) / d;
  }
  const e = normalCdf(z) - p;
  const u = (e / INV_SQRT_2PI) * Math.exp(0.5 * z * z);
  return z - u / (1 + 0.5 * z * u);
}
