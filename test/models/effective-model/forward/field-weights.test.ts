import { expect, test } from "vitest";
import { weighInField } from "../../../../src/models/effective-model/forward/field-weights.ts";
import { sumThermally } from "../../../../src/models/effective-model/forward/thermal-sums.ts";

/** Levels of a pair of spins (singlet, triplet) or of three (two doublets, a quartet), J meV apart. */
function spectrumOf(spins: 2 | 3, J: number) {
  const magnetisations = Float64Array.from(spins === 2 ? [0, 1] : [0.5, 1.5]);
  const low = Float64Array.from(spins === 2 ? [0] : [0, J / 2]);
  return {
    ...{ magnetisations, siteCount: spins, termCount: 1 },
    blocks: [
      { energies_meV: low, sectorFrom: 0, sectorTo: 0 },
      { energies_meV: Float64Array.from([J]), sectorFrom: 0, sectorTo: 1 },
    ],
  };
}

/** exp(+-tilt M) w_M, by the definition with the largest exponent taken out. */
function byDefinition(logWeight: readonly number[], magnetisations: readonly number[], t: number) {
  const up = magnetisations.map((m, k) => logWeight[k]! + t * m);
  const down = magnetisations.map((m, k) => (m === 0 ? -Infinity : logWeight[k]! - t * m));
  const all = [...up, ...down];
  const max = Math.max(...all);
  const total = all.reduce((sum, one) => sum + Math.exp(one - max), 0);
  return { p: all.map((one) => Math.exp(one - max) / total), logSum: max + Math.log(total) };
}

const CASES = [2, 3].flatMap((spins) =>
  [0.05, 4, 300].flatMap((T) =>
    [0, 0.3, -0.3, 40, -40, 2000, -2000].flatMap((tilt) =>
      [5, -5, 400].map((J) => ({ spins: spins as 2 | 3, T, tilt, J })),
    ),
  ),
);

test.each(CASES)("$spins spins, $T K, tilt $tilt, $J meV: the probabilities of each M", (of) => {
  const spectrum = spectrumOf(of.spins, of.J);
  const sums = sumThermally(spectrum, of.T);
  const p = new Float64Array(4);
  const logSum = weighInField(sums, spectrum.magnetisations, of.tilt, p);
  const wanted = byDefinition([...sums.logWeight], [...spectrum.magnetisations], of.tilt);
  wanted.p.forEach((one, k) => {
    expect(p[k]).toBeCloseTo(one, 12);
  });
  expect(Math.abs(logSum - wanted.logSum)).toBeLessThan(1e-12 * (1 + Math.abs(wanted.logSum)));
});
