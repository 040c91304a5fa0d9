import { LabError } from "../../src/core/errors.ts";
import {
  type DiffractionPattern,
  joinRanges,
  type ScanRange,
} from "../../src/models/diffraction/pattern.ts";

/** No 2theta in degrees is larger; a file that says more means hundredths. */
const DEGREES_MAX = 180;

/**
 * GSAS powder data with the angle in each row (FXY, FXYE). The format asks for hundredths of a degree, and many programs
 * write degrees: the largest angle decides. Errors: TL-7103.
 */
export function readGsasPowder(text: string): DiffractionPattern {
  const ranges: number[][][] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (/^BANK\s/.test(line)) {
      if (!/\bFXYE?\b/.test(line)) {
        throw new LabError("TL-7103", "a GSAS bank that is neither FXYE nor FXY", {
          hint: "Write it again as FXYE.",
        });
      }
      ranges.push([]);
    } else if (ranges.length > 0 && /^\s*[-+.\d]/.test(line)) {
      const row = line
        .trim()
        .split(/[\s,]+/)
        .map(Number);
      if (row.length < 2 || row.some(Number.isNaN)) {
        throw new LabError("TL-7103", `a row reads "${line.trim()}"`);
      }
      ranges[ranges.length - 1]!.push(row);
    }
  }
  const largest = Math.max(...ranges.flatMap((rows) => rows.map(([x]) => x!)));
  const scale = largest > DEGREES_MAX ? 0.01 : 1;
  const joined = joinRanges(
    ranges.map(
      (rows): ScanRange => ({
        x: Float64Array.from(rows, ([x]) => x! * scale),
        counts: Float64Array.from(rows, ([, y]) => y!),
      }),
    ),
  );
  return { axis: "twoTheta_deg", x: joined.x, intensity: joined.counts, unit: "arbitrary" };
}
