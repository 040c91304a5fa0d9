import { smooth } from "./background.ts";
import { spacingAt } from "./bragg.ts";
import type { DiffractionPattern } from "./pattern.ts";
import { preparePattern } from "./prepared-pattern.ts";

const LINE_MIN = 0.015;
const NOISE_FACTOR = 5;

/**
 * Lines of a measured pattern of one phase, to serve as a reference: maxima above 1.5 % of the largest and 5 sigma that
 * are highest within a line width, with their heights times their widths (which grow with 1/cos theta). A pattern
 * without a wavelength of its own is taken to have the given one.
 */
export function patternLines(
  pattern: DiffractionPattern,
  wavelength_A: number,
): { d_A: number; intensity: number }[] {
  const own = pattern.radiation ?? [{ wavelength_A, share: 1 }];
  const prepared = preparePattern({ ...pattern, radiation: own });
  const { n, start_deg, step_deg, width_deg, sigma } = prepared;
  const net = smooth(prepared.net, 1);
  const out: { d_A: number; intensity: number }[] = [];
  const rad = Math.PI / 180;
  for (let i = 1; i < n - 1; i++) {
    if (net[i]! < Math.max(LINE_MIN, NOISE_FACTOR * sigma[i]!)) continue;
    const cosine = Math.cos(((start_deg + i * step_deg) / 2) * rad);
    const reach = Math.max(1, Math.round((0.8 * width_deg) / cosine / step_deg));
    let isTop = true;
    for (let j = Math.max(0, i - reach); j <= Math.min(n - 1, i + reach); j++) {
      if (net[j]! > net[i]! || (net[j] === net[i] && j < i)) isTop = false;
    }
    if (!isTop) continue;
    // Vertex of the parabola through three bins.
    const curve = net[i - 1]! - 2 * net[i]! + net[i + 1]!;
    const shift = curve < 0 ? (0.5 * (net[i - 1]! - net[i + 1]!)) / curve : 0;
    const d_A = spacingAt(start_deg + (i + shift) * step_deg, own[0]!.wavelength_A);
    out.push({ d_A, intensity: net[i]! / cosine });
  }
  return out;
}
