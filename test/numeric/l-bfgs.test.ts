import { describe, expect, test } from "vitest";
import { minimiseLbfgs } from "../../src/numeric/l-bfgs.ts";

const box = (n: number, low: number, high: number) => ({
  lower: new Float64Array(n).fill(low),
  upper: new Float64Array(n).fill(high),
  evaluations_max: 300,
  gradient_max: 1e-8,
});

describe("L-BFGS in a box", () => {
  test("finds the minimum of Rosenbrock's valley", () => {
    const rosenbrock = (x: Float64Array, g: Float64Array): number => {
      const [a, b] = [x[0]!, x[1]!];
      g[0] = -2 * (1 - a) - 400 * a * (b - a * a);
      g[1] = 200 * (b - a * a);
      return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
    };
    const result = minimiseLbfgs(rosenbrock, Float64Array.of(-1.2, 1), box(2, -5, 5));
    expect(result.x[0]).toBeCloseTo(1, 4);
    expect(result.x[1]).toBeCloseTo(1, 4);
    expect(result.evaluations).toBeLessThan(120);
  });

  test("stops on the bound that holds the minimum back", () => {
    const bowl = (x: Float64Array, g: Float64Array): number => {
      g[0] = 2 * (x[0]! - 3);
      g[1] = 2 * (x[1]! + 0.5);
      return (x[0]! - 3) ** 2 + (x[1]! + 0.5) ** 2;
    };
    const result = minimiseLbfgs(bowl, Float64Array.of(0, 0), box(2, -1, 1));
    expect([...result.x]).toEqual([1, expect.closeTo(-0.5, 6)]);
    expect(result.converged).toBe(true);
  });

  test("treats a value that is not finite as a step too long", () => {
    const wall = (x: Float64Array, g: Float64Array): number => {
      g[0] = 1 - 1 / x[0]!;
      return x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN;
    };
    const result = minimiseLbfgs(wall, Float64Array.of(1.9), box(1, -10, 10));
    expect(result.x[0]).toBeCloseTo(1, 3);
  });

  test("begins with the curvature of a like function, and ends where it is told to", () => {
    const bowl =
      (scale: number) =>
      (x: Float64Array, g: Float64Array): number => {
        const weights = [1, 30, 900];
        let value = 0;
        for (const [i, w] of weights.entries()) {
          g[i] = 2 * scale * w * (x[i]! - 1);
          value += scale * w * (x[i]! - 1) ** 2;
        }
        return value;
      };
    const start = Float64Array.of(-1, 0.5, 2);
    const known = minimiseLbfgs(bowl(1), start, box(3, -9, 9));
    const curvature = known.curvature.map(({ s, y, rho }) => ({
      ...{ s, rho: rho / 50 },
      y: y.map((v) => 50 * v),
    }));
    const fresh = minimiseLbfgs(bowl(50), Float64Array.of(3, 3, 3), box(3, -9, 9));
    const informed = minimiseLbfgs(bowl(50), Float64Array.of(3, 3, 3), {
      ...box(3, -9, 9),
      curvature,
    });
    expect(informed.x[0]).toBeCloseTo(1, 6);
    expect(informed.evaluations).toBeLessThan(0.7 * fresh.evaluations);
    const short = minimiseLbfgs(bowl(1), start, { ...box(3, -9, 9), isEnough: (_, v) => v < 30 });
    expect(short.value).toBeLessThan(30);
    expect(short.converged).toBe(false);
    expect(short.evaluations).toBeLessThan(known.evaluations);
    const content = minimiseLbfgs(bowl(50), Float64Array.of(3, 3, 3), {
      ...box(3, -9, 9),
      curvature,
      gain_min: 1,
    });
    expect(content.evaluations).toBeLessThan(informed.evaluations);
    expect(content.value).toBeLessThan(3);
  });
});
