import { LabError } from "../../src/core/errors.ts";
import {
  type DiffractionPattern,
  joinRanges,
  type ScanRange,
} from "../../src/models/diffraction/pattern.ts";
import { doublet, type SpectralLine } from "../../src/models/diffraction/radiation.ts";

/**
 * Rigaku .ras: sections of `*KEY "value"` heads and rows "2theta intensity attenuator"; the third column is the factor
 * by which the attenuator weakened the beam, and is applied. Errors: TL-7103.
 */
export function readRigakuRas(text: string): DiffractionPattern {
  const ranges: ScanRange[] = [];
  const units = new Set<string>();
  let radiation: SpectralLine[] | undefined;
  let head = new Map<string, string>();
  let rows: number[][] | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith("*RAS_HEADER_START")) head = new Map();
    else if (line.startsWith("*RAS_INT_START")) rows = [];
    else if (line.startsWith("*RAS_INT_END") && rows !== undefined) {
      units.add((head.get("MEAS_SCAN_UNIT_Y") ?? "counts").toLowerCase());
      radiation ??= radiationIn(head);
      ranges.push(rangeOf(rows, head));
      rows = undefined;
    } else if (rows === undefined) {
      const found = /^\*(\S+)\s+"(.*)"/.exec(line);
      if (found !== null) head.set(found[1]!, found[2]!);
    } else if (line.trim() !== "") rows.push(line.trim().split(/\s+/).map(Number));
  }
  if (rows !== undefined) throw new LabError("TL-7103", "it ends in the middle of its data");
  if (ranges.length === 0) throw new LabError("TL-7103", "no data between *RAS_INT_START and _END");
  if (units.size > 1) throw new LabError("TL-7103", "scans in counts and in counts per second");
  const joined = joinRanges(ranges);
  const isRate = /cps|\/s/.test([...units][0]!);
  return {
    axis: "twoTheta_deg",
    x: joined.x,
    intensity: joined.counts,
    unit: isRate ? "countsPerSecond" : "counts",
    countingTime_s: joined.countingTime_s,
    radiation,
  };
}

function rangeOf(rows: readonly number[][], head: ReadonlyMap<string, string>): ScanRange {
  const bad = rows.find((row) => row.length < 2 || row.some((value) => !Number.isFinite(value)));
  if (bad !== undefined) throw new LabError("TL-7103", `a row reads "${bad.join(" ")}"`);
  const speed = Number(head.get("MEAS_SCAN_SPEED"));
  const step = Number(head.get("MEAS_SCAN_STEP"));
  const isScan = speed > 0 && step > 0;
  return {
    x: Float64Array.from(rows, ([x]) => x!),
    counts: Float64Array.from(rows, ([, y, factor]) => y! * (factor ?? 1)),
    countingTime_s: isScan ? (60 * step) / speed : undefined,
  };
}

function radiationIn(head: ReadonlyMap<string, string>): SpectralLine[] | undefined {
  const first = Number(head.get("HW_XG_WAVE_LENGTH_ALPHA1"));
  const second = Number(head.get("HW_XG_WAVE_LENGTH_ALPHA2"));
  if (!(first > 0)) return undefined;
  return second > 0 ? doublet(first, second, 0.5) : doublet(first, first, 0);
}
