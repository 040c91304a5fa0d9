import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { LabError, naming } from "../../src/core/errors.ts";
import type { DiffractionPattern } from "../../src/models/diffraction/pattern.ts";
import { isBrukerRaw, readBrukerRaw } from "./bruker-raw.ts";
import { readColumns } from "./columns.ts";
import { readGsasPowder } from "./gsas-powder.ts";
import { readRigakuRas } from "./rigaku-ras.ts";
import { readXrdml } from "./xrdml.ts";

/** A few hundred thousand points; a diffractogram has some thousands. */
const PATTERN_BYTES_MAX = 64 * 1024 * 1024;
const POINTS_MIN = 20;

/** Reads a pattern; its content says the format. Errors: TL-7103 with the file's name. */
export function readPatternFile(file: string): DiffractionPattern {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new LabError("TL-7103", `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
      hint: "Check the path and its rights.",
    });
  }
  return readPattern(bytes, basename(file));
}

/** Reads a pattern from a file's bytes; `name` is for messages. Errors: TL-7103. */
export function readPattern(bytes: Buffer, name: string): DiffractionPattern {
  if (bytes.length > PATTERN_BYTES_MAX) throw new LabError("TL-7103", `${name} is too large`);
  return naming(name, () => checked(parse(bytes)));
}

function parse(bytes: Buffer): DiffractionPattern {
  if (isBrukerRaw(bytes)) return readBrukerRaw(bytes);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  if (text.includes("<xrdMeasurements")) return readXrdml(text);
  if (text.includes("*RAS_")) return readRigakuRas(text);
  if (/^BANK\s+\d+\s/m.test(text)) return readGsasPowder(text);
  return readColumns(text);
}

function checked(pattern: DiffractionPattern): DiffractionPattern {
  const { x, intensity } = pattern;
  if (x.length < POINTS_MIN) throw new LabError("TL-7103", `only ${x.length} points`);
  const order = Array.from(x, (_, k) => k).sort((p, q) => x[p]! - x[q]!);
  const sorted = {
    ...pattern,
    x: Float64Array.from(order, (k) => x[k]!),
    intensity: Float64Array.from(order, (k) => intensity[k]!),
  };
  if (!sorted.x.every(Number.isFinite) || !sorted.intensity.every(Number.isFinite)) {
    throw new LabError("TL-7103", "a point is no number");
  }
  if (!(sorted.x[x.length - 1]! > sorted.x[0]!)) throw new LabError("TL-7103", "its axis is empty");
  const places = new Set(sorted.x).size;
  if (2 * places < x.length) {
    throw new LabError("TL-7103", `${x.length} points stand at only ${places} places of its axis`);
  }
  return sorted;
}
