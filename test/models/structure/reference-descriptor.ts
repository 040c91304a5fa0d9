import type { AtomBox } from "../../../src/models/structure/atom-box.ts";
import type { LaafSettings } from "../../../src/models/structure/laaf.ts";

/** The descriptor by its definition: every pair, every image out to `reach` cells, plain exponentials. */
export function describeByDefinition(
  box: AtomBox,
  settings: LaafSettings,
  reach: number,
): Float64Array {
  const count = settings.etas_A.length;
  const length = count * settings.speciesCount;
  const own = new Float64Array(box.atoms * length);
  const near: number[][] = [];
  for (let i = 0; i < box.atoms; i++) {
    near.push([]);
    eachImage(box, i, reach, (j, r) => {
      if (r < settings.average_A) near[i]?.push(j);
      if (r > settings.cutoff_A) return;
      const f = 0.5 * (Math.cos((Math.PI * r) / settings.cutoff_A) + 1);
      const at = i * length + (box.species[j] ?? 0) * count;
      settings.etas_A.forEach((eta, m) => {
        own[at + m] = (own[at + m] ?? 0) + Math.exp(-((r / eta) ** 2)) * f;
      });
    });
  }
  const out = new Float64Array(own.length);
  for (let i = 0; i < box.atoms; i++) {
    const members = [
      i,
      ...(near[i] ?? []).filter(
        (j) => settings.averageOver === "all" || box.species[j] === box.species[i],
      ),
    ];
    for (let m = 0; m < length; m++) {
      let sum = 0;
      for (const j of members) sum += own[j * length + m] ?? 0;
      out[i * length + m] = sum / members.length;
    }
  }
  return out;
}

function eachImage(
  box: AtomBox,
  i: number,
  reach: number,
  visit: (j: number, r: number) => void,
): void {
  const c = [...box.cell];
  const at = (k: number): number => c[k] ?? 0;
  const p = (a: number, k: number): number => box.positions[3 * a + k] ?? 0;
  const steps = (k: number): number[] =>
    box.periodic[k] ? Array.from({ length: 2 * reach + 1 }, (_, s) => s - reach) : [0];
  for (let j = 0; j < box.atoms; j++) {
    for (const u of steps(0))
      for (const v of steps(1))
        for (const w of steps(2)) {
          if (i === j && u === 0 && v === 0 && w === 0) continue;
          visit(
            j,
            Math.hypot(
              p(j, 0) - p(i, 0) + u * at(0) + v * at(3) + w * at(6),
              p(j, 1) - p(i, 1) + u * at(1) + v * at(4) + w * at(7),
              p(j, 2) - p(i, 2) + u * at(2) + v * at(5) + w * at(8),
            ),
          );
        }
  }
}
