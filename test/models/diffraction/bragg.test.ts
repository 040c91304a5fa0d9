import { expect, test } from "vitest";
import { spacingAt, twoThetaOf } from "../../../src/models/diffraction/bragg.ts";

test("copper's K-alpha1 finds silicon 111 at 28.44 degrees, and the way back is the same", () => {
  const [wavelength, d] = [1.540593, 3.1356];
  const angle = twoThetaOf(wavelength / (2 * d));
  expect(angle).toBeCloseTo(28.442, 2);
  expect(spacingAt(angle, wavelength)).toBeCloseTo(d, 12);
  expect(twoThetaOf(1.01)).toBeNaN();
});
