import { XMLParser } from "fast-xml-parser";
import { LabError } from "../../src/core/errors.ts";
import {
  type DiffractionPattern,
  joinRanges,
  type ScanRange,
} from "../../src/models/diffraction/pattern.ts";
import { doublet, type SpectralLine } from "../../src/models/diffraction/radiation.ts";

/** An element of the parsed document: attributes begin with "@", text is "#text". */
type Xml = { readonly [key: string]: unknown };

const LISTS = new Set(["xrdMeasurement", "scan", "positions"]);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  isArray: (name) => LISTS.has(name),
});

/**
 * XRDML 1.x (`intensities`) and 2.x (`counts`): every completed scan over 2theta, attenuation factors applied.
 * Errors: TL-7103.
 */
export function readXrdml(text: string): DiffractionPattern {
  let root: Xml;
  try {
    root = parser.parse(text) as Xml;
  } catch (error) {
    throw new LabError("TL-7103", `not sound XML: ${(error as Error).message}`, { cause: error });
  }
  const measurements = list(child(root, "xrdMeasurements")["xrdMeasurement"]);
  const scans = measurements.flatMap((measurement) => list(measurement["scan"]));
  const found = scans.flatMap((scan) => rangeOf(child(scan, "dataPoints")));
  if (found.length === 0) throw new LabError("TL-7103", "no scan over 2Theta with intensities");
  const units = new Set(found.map(({ unit }) => unit));
  if (units.size > 1) throw new LabError("TL-7103", "scans in counts and in counts per second");
  const joined = joinRanges(found.map(({ range }) => range));
  return {
    axis: "twoTheta_deg",
    x: joined.x,
    intensity: joined.counts,
    unit: found[0]!.unit,
    countingTime_s: joined.countingTime_s,
    radiation: measurements.map(radiationIn).find((lines) => lines !== undefined),
  };
}

function rangeOf(
  points: Xml,
): { readonly range: ScanRange; readonly unit: "counts" | "countsPerSecond" }[] {
  const axis = list(points["positions"]).find((entry) => entry["@axis"] === "2Theta");
  const entry = points["counts"] ?? points["intensities"];
  if (axis === undefined || entry === undefined || axis["commonPosition"] !== undefined) return [];
  const raw = numbers(entry);
  const factors = numbers(points["beamAttenuationFactors"]);
  if (factors.length !== 0 && factors.length !== raw.length) {
    throw new LabError("TL-7103", `${factors.length} attenuation factors, ${raw.length} points`);
  }
  const counts = raw.map((value, k) => value * (factors[k] ?? 1));
  const unit = attribute(entry, "@unit") === "cps" ? "countsPerSecond" : "counts";
  const times = numbers(points["commonCountingTime"] ?? points["countingTimes"]);
  return [{ range: { x: positions(axis, raw.length), counts, countingTime_s: times[0] }, unit }];
}

function positions(axis: Xml, n: number): Float64Array {
  const listed = numbers(axis["listPositions"]);
  if (listed.length > 0) {
    if (listed.length !== n) throw new LabError("TL-7103", `${listed.length} angles, ${n} points`);
    return listed;
  }
  const [start] = numbers(axis["startPosition"]);
  const [end] = numbers(axis["endPosition"]);
  if (start === undefined || end === undefined) {
    throw new LabError("TL-7103", "a scan without start and end of 2Theta");
  }
  return Float64Array.from({ length: n }, (_, k) => start + ((end - start) * k) / (n - 1));
}

function radiationIn(measurement: Xml): SpectralLine[] | undefined {
  const used = child(measurement, "usedWavelength");
  const [first] = numbers(used["kAlpha1"]);
  const [second] = numbers(used["kAlpha2"]);
  if (first === undefined || !(first > 0)) return undefined;
  const [ratio] = numbers(used["ratioKAlpha2KAlpha1"]);
  const isPure = second === undefined || !(second > 0);
  return isPure ? doublet(first, first, 0) : doublet(first, second, ratio ?? 0.5);
}

function child(parent: Xml, key: string): Xml {
  const value = parent[key];
  return typeof value === "object" && value !== null ? (value as Xml) : {};
}

function list(value: unknown): readonly Xml[] {
  return Array.isArray(value) ? (value as Xml[]).filter((v) => typeof v === "object") : [];
}

function attribute(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Xml)[key] : undefined;
}

function numbers(value: unknown): Float64Array {
  const text = typeof value === "string" ? value : (attribute(value, "#text") ?? "");
  const words = String(text)
    .trim()
    .split(/[\s,]+/);
  return words[0] === "" ? new Float64Array() : Float64Array.from(words, Number);
}
