import { createPrng } from "../../../src/core/prng.ts";
import type { PhaseDiagramTruth, TruthRow } from "../../../src/evaluation/phase-diagram-truth.ts";
import { triangleRows } from "./power-map.ts";

const PHASES = 11;
const TEMPERATURES = 21;

/**
 * A synthetic ternary section at 21 temperatures (10 % grid, 1386 points, about 55 labels): each phase has a site in
 * composition whose stability moves with temperature; where the two or three most stable phases are close they coexist.
 */
export function spaceMap(seed: number): PhaseDiagramTruth {
  const prng = createPrng(`space-map/${seed}`);
  const grid = triangleRows(10);
  const sites = Array.from({ length: PHASES }, (_, k) => {
    const u = Math.sqrt(prng.next());
    const v = prng.next();
    const [b, c] = [u * (1 - v), u * v];
    return {
      x: b + c / 2,
      y: (Math.sqrt(3) / 2) * c,
      // Most phases are stable at low temperature; the last one is the melt.
      offset: k === PHASES - 1 ? -0.12 : 0.06 * prng.next(),
      slope: k === PHASES - 1 ? 0.3 : -0.06 + 0.12 * prng.next(),
      width: k === PHASES - 1 ? 0.35 : 0.8 + 0.9 * prng.next(),
    };
  });
  const rows: TruthRow[] = [];
  for (let t = 0; t < TEMPERATURES; t++) {
    for (const point of grid) {
      const energy = sites.map(
        ({ x, y, offset, slope, width }, k) =>
          [
            width * ((point.x - x) ** 2 + (point.y - y) ** 2) - offset - (slope * t) / TEMPERATURES,
            k,
          ] as const,
      );
      energy.sort(([p], [q]) => p - q);
      const lowest = energy[0]?.[0] ?? 0;
      const stable = energy.slice(0, 3).filter(([e]) => e - lowest < 0.035);
      const phases = stable.map(([, k]) => `P${String(k).padStart(2, "0")}`).sort();
      rows.push({
        parameters: { A: point.a, B: point.b, C: point.c, T: 500 + 50 * t },
        label: phases.join("+"),
        phases,
      });
    }
  }
  return {
    file: `space-map-${seed}`,
    axes: ["A", "B", "C", "T"],
    components: ["A", "B", "C"],
    rows,
    hasCompositions: false,
  };
}
