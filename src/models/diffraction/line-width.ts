import { smooth } from "./background.ts";

const RAD = Math.PI / 180;

/** Median full width of the strongest lines, times cos(theta). */
export function lineWidth_deg(net: Float64Array, start_deg: number, step_deg: number): number {
  const taken = new Uint8Array(net.length);
  const widths: number[] = [];
  const smoothed = smooth(net, 1);
  for (let rank = 0; rank < 8; rank++) {
    let top = -1;
    for (let i = 2; i < net.length - 2; i++) {
      if (taken[i] === 0 && (top < 0 || smoothed[i]! > smoothed[top]!)) top = i;
    }
    if (top < 0 || smoothed[top]! <= 0) break;
    const half = smoothed[top]! / 2;
    let left = top;
    let right = top;
    while (left > 0 && smoothed[left]! > half) left--;
    while (right < net.length - 1 && smoothed[right]! > half) right++;
    const from = left + (half - smoothed[left]!) / (smoothed[left + 1]! - smoothed[left]! || 1);
    const to = right - (half - smoothed[right]!) / (smoothed[right - 1]! - smoothed[right]! || 1);
    widths.push((to - from) * step_deg * Math.cos(((start_deg + top * step_deg) / 2) * RAD));
    for (let i = Math.max(0, 2 * left - top); i <= Math.min(net.length - 1, 2 * right - top); i++) {
      taken[i] = 1;
    }
  }
  widths.sort((p, q) => p - q);
  return Math.min(1.5, Math.max(step_deg, widths[Math.floor((widths.length - 1) / 2)] ?? 0.15));
}
