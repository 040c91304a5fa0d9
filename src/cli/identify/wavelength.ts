import { misuse } from "../../core/errors.ts";
import {
  ANODES,
  doublet,
  radiationOf,
  type SpectralLine,
} from "../../models/diffraction/radiation.ts";

/** Reads `Cu`, `1.5406` or `1.5406,1.5444:0.5` (second wavelength and its intensity over the first's). */
export function readWavelength(text: string): readonly SpectralLine[] {
  const anode = radiationOf(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase());
  if (anode !== undefined) return anode;
  const found = /^([\d.]+)(?:,([\d.]+)(?::([\d.]+))?)?$/.exec(text.replace(/\s/g, ""));
  const first = Number(found?.[1]);
  const second = Number(found?.[2] ?? first);
  const ratio = found?.[2] === undefined ? 0 : Number(found[3] ?? 0.5);
  const isSound = [first, second].every((value) => value >= 0.05 && value <= 10) && ratio <= 10;
  if (found !== null && isSound) return doublet(first, second, ratio);
  throw misuse(
    "TL-1001",
    `--wavelength must be ${ANODES.join(", ")} or angstrom such as 1.5406,1.5444:0.5, not "${text}"`,
  );
}
