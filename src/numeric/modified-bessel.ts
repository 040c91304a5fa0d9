/**
 * exp(-|x|) I_m(x) for m = 0 .. count - 1: Miller's downward recurrence I_(m-1) = I_(m+1) + (2m/x) I_m, normalised by
 * exp(|x|) = I_0 + 2 sum I_m. Relative error about 1e-15 while the value is above 1e-290.
 * Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 9.6.26, 9.6.37, and 9.12 (method).
 */
export function scaledBesselI(x: number, count: number): Float64Array {
  const out = new Float64Array(count);
  const size = Math.abs(x);
  if (size < 1e-300) {
    out[0] = 1;
    return out;
  }
  const start = count + 20 + Math.ceil(Math.sqrt(60 * size));
  let above = 0;
  let here = 1e-280;
  let total = 0;
  for (let m = start; m >= 0; m--) {
    if (m < count) out[m] = here;
    total += m === 0 ? here : 2 * here;
    if (m === 0) break;
    const below = above + ((2 * m) / size) * here;
    above = here;
    here = below;
    if (here > 1e250) {
      above *= 1e-250;
      here *= 1e-250;
      total *= 1e-250;
      for (let k = m; k < count; k++) out[k] = out[k]! * 1e-250;
    }
  }
  for (let m = 0; m < count; m++) {
    const sign = x < 0 && m % 2 === 1 ? -1 : 1;
    out[m] = (sign * out[m]!) / total;
  }
  return out;
}
