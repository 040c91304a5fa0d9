import { LabError } from "../../src/core/errors.ts";
import {
  type DiffractionPattern,
  joinRanges,
  type ScanRange,
} from "../../src/models/diffraction/pattern.ts";
import { doublet } from "../../src/models/diffraction/radiation.ts";

/** Offsets in bytes of the file's head and of each range's head (DIFFRAC plus XCH, RAW1.01). */
const FILE = { ranges: 12, alpha1: 624, alpha2: 632, ratio: 648, length: 712 };
const RANGE = { length: 0, steps: 4, start: 16, step: 176, time: 192, supplement: 256 };
const RANGES_MAX = 1000;

/** True for any Bruker or Siemens RAW file. */
export function isBrukerRaw(bytes: Buffer): boolean {
  return /^RAW[\d. ]/.test(bytes.subarray(0, 4).toString("latin1"));
}

/** Bruker RAW1.01 (version 3): 32-bit floats, each range with its own step and time. Errors: TL-7103. */
export function readBrukerRaw(bytes: Buffer): DiffractionPattern {
  const magic = bytes.subarray(0, 7).toString("latin1");
  if (magic !== "RAW1.01") {
    throw new LabError("TL-7103", `a RAW file of version "${magic.trim()}"`, {
      hint: "Export it as RAW1.01 (version 3), .xy or XRDML.",
    });
  }
  if (bytes.length < FILE.length) throw cut();
  const count = bytes.readUInt32LE(FILE.ranges);
  if (count < 1 || count > RANGES_MAX) throw new LabError("TL-7103", `${count} ranges`);
  const ranges: ScanRange[] = [];
  let at = FILE.length;
  for (let k = 0; k < count; k++) {
    if (at + 304 > bytes.length) throw cut();
    const steps = bytes.readUInt32LE(at + RANGE.steps);
    const start = bytes.readDoubleLE(at + RANGE.start);
    const step = bytes.readDoubleLE(at + RANGE.step);
    const time = bytes.readFloatLE(at + RANGE.time);
    const data =
      at + bytes.readUInt32LE(at + RANGE.length) + bytes.readUInt32LE(at + RANGE.supplement);
    if (data + 4 * steps > bytes.length) throw cut();
    ranges.push({
      x: Float64Array.from({ length: steps }, (_, i) => start + i * step),
      counts: Float64Array.from({ length: steps }, (_, i) => bytes.readFloatLE(data + 4 * i)),
      countingTime_s: time > 0 ? time : undefined,
    });
    at = data + 4 * steps;
  }
  const joined = joinRanges(ranges);
  const first = bytes.readDoubleLE(FILE.alpha1);
  const second = bytes.readDoubleLE(FILE.alpha2);
  const ratio = bytes.readDoubleLE(FILE.ratio);
  return {
    axis: "twoTheta_deg",
    x: joined.x,
    intensity: joined.counts,
    unit: "counts",
    countingTime_s: joined.countingTime_s,
    ...(first > 0 ? { radiation: doublet(first, second, second > 0 ? ratio : 0) } : {}),
  };
}

function cut(): LabError {
  return new LabError("TL-7103", "the RAW file ends too early", { hint: "Copy it again." });
}
