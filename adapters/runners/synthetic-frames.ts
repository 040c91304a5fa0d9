import { createPrng, type Prng } from "../../src/core/prng.ts";

/** Kinds of structure that the built-in generator makes. */
export type SyntheticPhase = "crystal" | "liquid" | "glass";

const LATTICE_A = 5.431;
const CELLS = 3;

/**
 * Made-up frames of 216 atoms that look like silicon: a diamond lattice with thermal displacements (crystal), the same
 * lattice far from its sites (glass), and atoms placed at random no closer than 2.2 A at the liquid's density (liquid).
 * For CI and first steps: they exercise the whole loop, and say nothing about silicon.
 * Returns extended XYZ.
 */
export function syntheticFrame(phase: SyntheticPhase, temperature_K: number, seed: string): string {
  const prng = createPrng(seed);
  const length_A = CELLS * LATTICE_A * (phase === "liquid" ? 0.98 : 1);
  const spread_A = displacement(phase, temperature_K);
  const atoms =
    phase === "liquid" ? packedAtoms(length_A, prng) : latticeAtoms(length_A, spread_A, prng);
  const lines = atoms.map((r) => `Si ${r.map((x) => x.toFixed(4)).join(" ")}`);
  return (
    `${atoms.length}\nLattice="${length_A} 0 0 0 ${length_A} 0 0 0 ${length_A}" ` +
    `Properties=species:S:1:pos:R:3 pbc="T T T" temperature_K=${temperature_K}\n${lines.join("\n")}\n`
  );
}

/** The phase that the built-in world shows: liquid above 1690 K, else glass above a rate that rises on cooling. */
export function syntheticPhase(temperature_K: number, quenchRate_K_ps: number): SyntheticPhase {
  if (temperature_K > 1690) return "liquid";
  return quenchRate_K_ps > 0.5 + temperature_K / 400 ? "glass" : "crystal";
}

function displacement(phase: SyntheticPhase, temperature_K: number): number {
  const thermal_A = 0.075 * Math.sqrt(Math.max(50, temperature_K) / 300);
  return phase === "glass" ? 0.42 + 0.3 * thermal_A : thermal_A;
}

function latticeAtoms(length_A: number, spread_A: number, prng: Prng): number[][] {
  const sites = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  const atoms: number[][] = [];
  const step_A = length_A / CELLS;
  for (let cell = 0; cell < CELLS ** 3; cell++) {
    const corner = [cell % CELLS, Math.floor(cell / CELLS) % CELLS, Math.floor(cell / CELLS ** 2)];
    for (const site of sites)
      for (const shift of [0, 0.25])
        atoms.push(
          corner.map((c, k) => (c + (site[k] ?? 0) + shift) * step_A + spread_A * prng.normal()),
        );
  }
  return atoms;
}

const CLOSEST_A = 2.2;
const TRIALS_MAX = 400_000;

/** Random sequential addition; the distance allowed shrinks a little whenever the box seems full. */
function packedAtoms(length_A: number, prng: Prng): number[][] {
  const wanted = 8 * CELLS ** 3;
  const atoms: number[][] = [];
  let closest_A = CLOSEST_A;
  for (let trial = 0; atoms.length < wanted && trial < TRIALS_MAX; trial++) {
    const r = [prng.next(), prng.next(), prng.next()].map((x) => x * length_A);
    const isFree = atoms.every((other) => {
      let square = 0;
      for (let k = 0; k < 3; k++) {
        const d = (r[k] ?? 0) - (other[k] ?? 0);
        square += (d - length_A * Math.round(d / length_A)) ** 2;
      }
      return square >= closest_A * closest_A;
    });
    if (isFree) atoms.push(r);
    if (trial % 2000 === 1999) closest_A *= 0.98;
  }
  return atoms;
}
