/**
 * Bragg's law, lambda = 2 d sin(theta): the one place where angles become spacings. Two theta in degrees, lengths in angstrom;
 * sines above 1 are out of reach and give NaN.
 */
const RAD = Math.PI / 180;

/** Two theta of a line, degrees. @param sine lambda/(2 d), 0 to 1 */
export function twoThetaOf(sine: number): number {
  return (2 * Math.asin(sine)) / RAD;
}

/** Spacing d that stands at an angle, angstrom. */
export function spacingAt(twoTheta_deg: number, wavelength_A: number): number {
  return wavelength_A / (2 * Math.sin((twoTheta_deg / 2) * RAD));
}
