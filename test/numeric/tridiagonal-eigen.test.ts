import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { tridiagonalEigen, tridiagonalValues } from "../../src/numeric/tridiagonal-eigen.ts";

/** Both ways to the eigenvalues of one matrix, in order. */
function bothWays(diagonal: readonly number[], beside: readonly number[]): [number[], number[]] {
  const solve = (way: typeof tridiagonalEigen): number[] => {
    const d = Float64Array.from(diagonal);
    way(d, Float64Array.from([...beside, 0]), d.length);
    return [...d].sort((a, b) => a - b);
  };
  return [solve(tridiagonalValues), solve(tridiagonalEigen)];
}

test("the second difference of n points has the values 2 - 2 cos(k pi / (n + 1))", () => {
  const n = 24;
  const [without, withRoots] = bothWays(Array(n).fill(2), Array(n - 1).fill(-1));
  for (let k = 0; k < n; k++) {
    const exact = 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1));
    expect(without[k]).toBeCloseTo(exact, 13);
    expect(withRoots[k]).toBeCloseTo(exact, 13);
  }
});

test.each([
  ["zeros on the diagonal", [0, 0, 0, 0], [1, 1, 1]],
  ["falls apart", [3, 3, -1, 3], [0, 0, 0]],
  ["neighbours over thirty decades", [1e-15, 1, 1e15], [1e-8, 1e7]],
  ["nothing at all", [0, 0, 0], [0, 0]],
  ["one value", [7], []],
])("without square roots as with them: %s", (_, diagonal, beside) => {
  const [without, withRoots] = bothWays(diagonal, beside);
  const size = Math.max(...withRoots.map(Math.abs), 1e-300);
  without.forEach((value, k) => {
    expect(Math.abs(value - withRoots[k]!) / size).toBeLessThan(1e-14);
  });
});

test("random matrices: the two agree to rounding", () => {
  const prng = createPrng("tridiagonal");
  for (let round = 0; round < 200; round++) {
    const n = 2 + prng.integer(20);
    const draw = (count: number) => Array.from({ length: count }, () => 30 * prng.normal());
    const [without, withRoots] = bothWays(draw(n), draw(n - 1));
    const size = Math.max(...withRoots.map(Math.abs));
    const worst = Math.max(...without.map((value, k) => Math.abs(value - withRoots[k]!)));
    expect(worst / size).toBeLessThan(2e-14);
  }
});

test("a value that is no number is refused and does not go on for ever", () => {
  expect(() => bothWays([1, Number.NaN, 2], [1, 1])).toThrow(/not a number/);
});
