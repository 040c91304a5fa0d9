import { describe, expect, test } from "vitest";
import {
  erfc,
  expectedExcess,
  logExpectedExcess,
  logNormalCdf,
  logNormalInterval,
  normalCdf,
  normalQuantile,
} from "../../src/numeric/normal-distribution.ts";

const close = (value: number, reference: number, relative = 1e-13): void => {
  expect(Math.abs(value - reference)).toBeLessThanOrEqual(relative * Math.abs(reference));
};

describe("the normal distribution (references: mpmath, 60 digits)", () => {
  test("erfc", () => {
    close(erfc(0.3), 0.6713732405408726);
    close(erfc(1.5), 0.033894853524689274);
    close(erfc(5), 1.5374597944280347e-12, 1e-12);
    close(erfc(-1.5), 1.9661051464753108);
  });

  test("ln Phi stays finite where Phi underflows", () => {
    close(logNormalCdf(-3), -6.60772622151035);
    close(logNormalCdf(-50), -1254.8313611394199);
    close(logNormalCdf(2), Math.log(normalCdf(2)));
  });

  test("the expected excess and its logarithm agree, and the logarithm never underflows", () => {
    for (const z of [-30, -12, -5, -1.0001, -0.9999, 0, 1, 8])
      close(Math.exp(logExpectedExcess(z) - Math.log(expectedExcess(z))), 1, 1e-9);
    close(expectedExcess(0), 0.3989422804014327);
    close(expectedExcess(-5), 5.34616553383281e-8, 1e-12);
    // h(z) = phi(z) (1/z^2 - 3/z^4 + ...) far out.
    close(logExpectedExcess(-1000), -500014.73445209116, 1e-14);
  });

  test("the branches of ln h join without a step", () => {
    for (const z of [-1, -40]) {
      const gap = logExpectedExcess(z + 1e-9) - logExpectedExcess(z - 1e-9);
      expect(Math.abs(gap)).toBeLessThan(1e-6);
    }
  });

  test("an interval's probability in both tails and in the middle", () => {
    close(logNormalInterval(-1, 1), Math.log(0.6826894921370859), 1e-12);
    close(logNormalInterval(10, 11), logNormalInterval(-11, -10));
    expect(logNormalInterval(2, 2)).toBe(Number.NEGATIVE_INFINITY);
    expect(logNormalInterval(40, 41)).toBeGreaterThan(-1000);
  });

  test("the quantile inverts the distribution", () => {
    for (const p of [1e-10, 0.01, 0.3, 0.5, 0.9, 0.999])
      close(normalCdf(normalQuantile(p)), p, 1e-12);
  });
});
