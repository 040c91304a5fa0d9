import { readFile, writeFile } from "node:fs/promises";
import { readWholeFrames } from "../../../adapters/frames/read-frames.ts";
import { LabError, misuse } from "../../core/errors.ts";
import type { Frame } from "../../domain/frame.ts";
import {
  automaticRadii,
  firstNeighbourDistance,
  hasNeighbours,
} from "../../models/structure/first-neighbour.ts";
import type { DescriptorRecipe } from "../../models/structure/structure-model.ts";
import { nameSpecies } from "../../planning/structure-map/frame-species.ts";

/** A positive number of an option, or `undefined` where it was not given. */
export function positive(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw misuse("TL-1001", `${option} ${text} is not a positive number`);
  return value;
}

/** A whole number of an option within its range. */
export function whole(text: string, option: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw misuse("TL-1001", `${option} ${text} is not a whole number from ${low} to ${high}`);
  return value;
}

export function speciesList(text: string | undefined): string[] | undefined {
  const names = text?.split(",").map((name) => name.trim());
  if (names?.some((name) => name === ""))
    throw misuse("TL-1001", `--species ${text} is not a list such as Si,Ge`);
  return names;
}

/** `run.xyz:crystal` -> file and label; a label is optional. */
export function splitLabel(text: string): { file: string; label: string | undefined } {
  const at = text.lastIndexOf(":");
  // A colon at the drive of a Windows path, or before a folder, is no label.
  if (at <= 1 || /[\\/]/.test(text.slice(at))) return { file: text, label: undefined };
  const label = text.slice(at + 1);
  if (label === "") throw misuse("TL-1001", `${text} ends with a colon but names no label`);
  return { file: text.slice(0, at), label };
}

/** Frames of isolated atoms in front of a file that are passed over in search of one with neighbours. */
const ISOLATED_max = 100;

/**
 * The first frame of each file in which atoms have neighbours, and those in front of it: enough for the species and the
 * first-neighbour distance.
 */
export async function firstFrames(files: readonly string[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const file of files) {
    let read = 0;
    for await (const { frame } of readWholeFrames(file, () => {})) {
      frames.push(frame);
      if (hasNeighbours(frame) || ++read > ISOLATED_max) break;
    }
  }
  return frames;
}

export interface RecipeOptions {
  readonly cutoff?: string;
  readonly average?: string;
  readonly averageOver: string;
  readonly species?: string;
}

/** Descriptor settings from the options, what is left open from the frames themselves. */
export function chooseRecipe(
  options: RecipeOptions,
  frames: readonly Frame[],
): { recipe: DescriptorRecipe; species: string[]; neighbour_A: number | undefined } {
  const { averageOver } = options;
  if (averageOver !== "same-species" && averageOver !== "all")
    throw misuse("TL-1001", `--average-over ${averageOver} is neither same-species nor all`);
  const cutoff_A = positive(options.cutoff, "--cutoff");
  const average_A = positive(options.average, "--average");
  const neighbour_A = firstNeighbourDistance(frames);
  const automatic = neighbour_A === undefined ? undefined : automaticRadii(neighbour_A);
  if (automatic === undefined && (cutoff_A === undefined || average_A === undefined))
    throw misuse(
      "TL-7001",
      "no frame was found in which atoms have neighbours within 6 A, so no cutoff follows from the frames",
      "Give --cutoff and --average.",
    );
  const given = speciesList(options.species);
  const named = frames.flatMap((frame) => nameSpecies(frame, given));
  return {
    recipe: {
      cutoff_A: cutoff_A ?? automatic?.cutoff_A ?? 0,
      average_A: average_A ?? automatic?.average_A ?? 0,
      etas: 100,
      averageOver,
    },
    species: given ?? [...new Set(named)].sort(),
    neighbour_A,
  };
}

/** Reads a JSON file. Throws TL-1002 (unreadable) or TL-7010 (no JSON). */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new LabError("TL-1002", `${path} cannot be read`, { cause: error });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LabError("TL-7010", `${path} is not JSON`, { cause: error });
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new LabError("TL-1003", `${path} cannot be written`, { cause: error });
  });
}
