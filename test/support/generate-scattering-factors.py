"""Writes src/models/diffraction/scattering-factors.ts from gemmi's copy of the International Tables C (1992), 6.1.1.4.

python3 -m pip install gemmi==0.7.5 && python3 test/support/generate-scattering-factors.py > src/models/diffraction/scattering-factors.ts
The numbers are facts of the tables; no code of gemmi is used.
"""

import gemmi

HEAD = '''/**
 * X-ray scattering factors of the neutral atoms: f(s) = sum_k a_k exp(-b_k s^2) + c with s = sin(theta)/lambda in 1/A,
 * to s = 2 (International Tables for Crystallography C (1992), table 6.1.1.4), then the atom's weight in g/mol.
 * Written by test/support/generate-scattering-factors.py: one string an element, "a1 b1 a2 b2 a3 b3 a4 b4 c weight".
 */
const TABLE: Readonly<Record<string, string>> = {'''

TAIL = '''};

/** The coefficients of one element. */
export interface ScatteringFactor {
  readonly a: Float64Array;
  /** A^2. */
  readonly b_A2: Float64Array;
  readonly c: number;
  readonly weight_g_per_mol: number;
}

/** The factor of an element's neutral atom; undefined where the tables have none. */
export function scatteringFactor(element: string): ScatteringFactor | undefined {
  const row = TABLE[element]?.split(" ").map(Number);
  if (row === undefined) return undefined;
  return {
    a: Float64Array.of(row[0]!, row[2]!, row[4]!, row[6]!),
    b_A2: Float64Array.of(row[1]!, row[3]!, row[5]!, row[7]!),
    c: row[8]!,
    weight_g_per_mol: row[9]!,
  };
}

/** f at s = sin(theta)/lambda. */
export function scatteringAt(factor: ScatteringFactor, s_per_A: number): number {
  const s2 = s_per_A * s_per_A;
  let sum = factor.c;
  for (let k = 0; k < 4; k++) sum += factor.a[k]! * Math.exp(-factor.b_A2[k]! * s2);
  return sum;
}'''

print(HEAD)
for z in range(1, 99):
    element = gemmi.Element(z)
    it = element.it92
    if it is None:
        continue
    pairs = [x for k in range(4) for x in (it.a[k], it.b[k])]
    row = " ".join(f"{x:.6g}" for x in (*pairs, it.c, element.weight))
    print(f'  {element.name}: "{row}",')
print('  D: "' + " ".join(f"{x:.6g}" for x in (*[x for k in range(4) for x in (gemmi.Element("H").it92.a[k], gemmi.Element("H").it92.b[k])], gemmi.Element("H").it92.c, 2.014)) + '",')
print(TAIL)
