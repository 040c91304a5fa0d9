import { describe, expect, test } from "vitest";
import {
  labelStyles,
  PHASE_COLOURS,
  phaseTexture,
  rgbOf,
} from "../../../src/views/pictures/palette.ts";

/** Linear RGB as seen with a whole deficiency: G. M. Machado et al., IEEE Trans. Vis. Comput. Graph. 15, 1291 (2009). */
const VISION = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
  deuteranopia: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  tritanopia: [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ],
} as const;

/** CIELAB (D65) of `#rrggbb` as seen with this vision. */
function labOf(colour: string, vision: readonly number[]): number[] {
  const linear = rgbOf(colour).map((value) => {
    const s = value / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  const [r = 0, g = 0, b = 0] = [0, 3, 6].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        linear.reduce((sum, v, k) => sum + v * (vision[row + k] ?? 0), 0),
      ),
    ),
  );
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function leastDistance(colours: readonly string[], vision: readonly number[]): number {
  const seen = colours.map((colour) => labOf(colour, vision));
  let least = Number.POSITIVE_INFINITY;
  for (const [k, a] of seen.entries()) {
    for (const b of seen.slice(k + 1)) {
      least = Math.min(least, Math.hypot(...a.map((value, i) => value - (b[i] ?? 0))));
    }
  }
  return least;
}

describe("the colours of phases", () => {
  test.each(Object.entries(VISION))("are told apart with %s", (_, vision) => {
    // About 2.3 is just noticeable side by side; 14 is told apart at a glance across a figure.
    for (const first of [0, 8]) {
      expect(leastDistance(PHASE_COLOURS.slice(first, first + 8), vision)).toBeGreaterThan(14);
    }
    expect(leastDistance(PHASE_COLOURS, vision)).toBeGreaterThan(12);
  });

  test("each eight phases have a texture of their own, so 24 differ by colour or texture", () => {
    const names = Array.from({ length: 24 }, (_, k) => `P${String(k).padStart(2, "0")}`);
    const styles = labelStyles(names);
    expect(new Set(styles.map((s) => `${s.colours[0]} ${s.textures[0]}`)).size).toBe(24);
    expect([0, 8, 16].map(phaseTexture)).toEqual(["plain", "dots", "hatch"]);
  });
});
