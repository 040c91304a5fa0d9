import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { misuse } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import { readPlace } from "../../domain/change-text.ts";
import type { DataReference, Observation } from "../../domain/observation.ts";
import type { Todo } from "../../domain/people.ts";

/** `strength=410 MPa`, each; a number without a unit is in the one that is asked for. */
export function readValues(
  texts: readonly string[],
  asks: Todo["asks"] = [],
): Extract<Observation, { readonly kind: "objective" }>[] {
  return texts.map((text) => {
    const parts = /^\s*([^=\s]+)\s*=\s*(\S+)(?:\s+(\S+))?\s*$/.exec(text);
    const [, name = "", number = "", unit] = parts ?? [];
    const value = Number(number);
    if (parts === null || !Number.isFinite(value))
      throw misuse("TL-1001", `--value ${text}`, 'Write --value "strength=410 MPa".');
    const asked = asks.find((one) => "name" in one && one.name === name);
    const own = unit ?? (asked !== undefined && "unit" in asked ? asked.unit : "1");
    return { kind: "objective", name, value, unit: own };
  });
}

/** `FCC_A1+HCP_A3`. */
export function readPhases(text: string, confidence: number | undefined): Observation {
  const phases = text.split("+").map((name) => name.trim());
  if (phases.includes("") || new Set(phases).size < phases.length)
    throw misuse("TL-1001", `--phases ${text}`, "Write phases that coexist as A+B.");
  return { kind: "phases", phases, ...(confidence === undefined ? {} : { confidence }) };
}

/** A JSON list of observations, as the contract has them. */
export async function readObservations(file: string): Promise<Observation[]> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw misuse("TL-1002", `${file} is not readable JSON: ${String(cause)}`);
  }
  if (Array.isArray(read)) return read as Observation[];
  throw misuse("TL-1002", `${file} is no list of observations`, "Write [{...}, ...].");
}

/** `name=value`, each or separated by commas. */
export function readPlaces(option: string, texts: readonly string[]): Parameters {
  const places = texts.map((text) => {
    const place = readPlace(text);
    if (place === undefined) throw misuse("TL-1001", `${option} ${text}`, "Write NAME=VALUE.");
    return place;
  });
  return Object.assign({}, ...places) as Parameters;
}

/** Files by reference, with their checksum: they stay where they are. */
export async function readFiles(files: readonly string[]): Promise<DataReference[]> {
  return await Promise.all(
    files.map(async (file) => {
      const path = resolve(file);
      const hash = createHash("sha256");
      try {
        for await (const part of createReadStream(path)) hash.update(part as Buffer);
        const { size: bytes } = await stat(path);
        return { uri: pathToFileURL(path).href, sha256: hash.digest("hex"), bytes };
      } catch (cause) {
        throw misuse("TL-1002", `--file ${file}: ${String(cause)}`);
      }
    }),
  );
}
