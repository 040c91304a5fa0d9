import { expect, test } from "vitest";
import type { FractionEstimate } from "../../../../src/models/phase-diagram/map-model.ts";
import { fractionsAtMovedCells } from "../../../../src/models/phase-diagram/shares/moved-cells.ts";

const STRAIN_MAX = 0.07;
const STEPS = 18;

/** A phase whose lines stand out, where its strain is 0.06 times the place. */
const named = (x: number): FractionEstimate => ({ fraction: 0.4, error: 0.02, strain: 0.06 * x });

/** A phase that is not named: a signal of 3 at one strain, of -1 elsewhere. */
function hidden(strain: number): FractionEstimate {
  const signals = Array.from({ length: 2 * STEPS + 1 }, (_, k) =>
    Math.abs(((k - STEPS) / STEPS) * STRAIN_MAX - strain) < 0.003 ? 3 : -1,
  );
  return { fraction: -0.02, error: 0.02, moved: { strain_max: STRAIN_MAX, signals } };
}

function read(places: readonly number[], estimates: readonly (FractionEstimate | undefined)[]) {
  return fractionsAtMovedCells({ points: Float64Array.from(places), columns: 1, estimates });
}

test("a weak phase is looked for at the cell that its neighbours' cells point to", () => {
  const places = [0, 0.2, 0.4, 0.6];
  const [, , , [fraction, error]] = read(places, [
    ...places.slice(0, 3).map(named),
    hidden(0.036),
  ]) as [unknown, unknown, unknown, readonly [number, number]];
  expect(fraction).toBeGreaterThan(0.02);
  expect(error).toBeLessThan(0.04);
  // The same signal at a cell that nothing points to is somebody else's.
  expect(read(places, [...places.slice(0, 3).map(named), hidden(-0.036)])[3]![0]).toBeLessThan(0);
});

test("where no sample tells the cell it is the reference's own", () => {
  expect(read([0], [hidden(0.036)])).toEqual([[-0.02, 0.02]]);
});

test("far from what is known the cell is unsure, and so is the fraction", () => {
  const near = read([0, 0.1], [named(0), hidden(0)])[1]!;
  const far = read([0, 1], [named(0), hidden(0)])[1]!;
  expect(far[1]).toBeGreaterThan(1.5 * near[1]);
});

test("a named phase keeps its fit, and what has no estimate says nothing", () => {
  expect(read([0, 0.1], [named(0), undefined])).toEqual([
    [0.4, 0.02],
    [0, Number.POSITIVE_INFINITY],
  ]);
});
