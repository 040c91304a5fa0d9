/**
 * SNIP background: each point is clipped to the mean of its neighbours at distance w, for w from the half window down to
 * 1 (Ryan et al., Nucl. Instrum. Meth. B 34, 396 (1988); the order down after Morhac, 1997), on a logarithmic scale where
 * all values are positive. O(n x halfWindow).
 */
export function snipBackground(values: Float64Array, halfWindow: number): Float64Array {
  const n = values.length;
  let low = Infinity;
  for (const v of values) low = Math.min(low, v);
  const shift = low > 0 ? 0 : 1 - low;
  let z: Float64Array = new Float64Array(n);
  for (let i = 0; i < n; i++) z[i] = Math.log(Math.log(Math.sqrt(values[i]! + shift + 1) + 1) + 1);
  let next: Float64Array = new Float64Array(n);
  for (let w = halfWindow; w >= 1; w--) {
    next.set(z);
    for (let i = w; i < n - w; i++) {
      const mean = (z[i - w]! + z[i + w]!) / 2;
      if (mean < z[i]!) next[i] = mean;
    }
    [z, next] = [next, z];
  }
  for (let i = 0; i < n; i++) z[i] = (Math.exp(Math.exp(z[i]!) - 1) - 1) ** 2 - 1 - shift;
  return z;
}

/** Moving mean over 2 half + 1 points, fewer at the ends. */
export function smooth(values: Float64Array, half: number): Float64Array {
  const n = values.length;
  const out = new Float64Array(n);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < Math.min(n, half); i++) {
    sum += values[i]!;
    count++;
  }
  for (let i = 0; i < n; i++) {
    if (i + half < n) {
      sum += values[i + half]!;
      count++;
    }
    if (i - half - 1 >= 0) {
      sum -= values[i - half - 1]!;
      count--;
    }
    out[i] = sum / count;
  }
  return out;
}
