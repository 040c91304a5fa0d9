import { createNpyWriter, type NpyWriter } from "../../../adapters/frames/npy.ts";
import { readWholeFrames } from "../../../adapters/frames/read-frames.ts";
import type { Frame } from "../../domain/frame.ts";
import { describeInChunks, descriptorLength } from "../../models/structure/laaf.ts";
import { laafSettings } from "../../planning/structure-map/frame-classifier.ts";
import { matchSpecies } from "../../planning/structure-map/frame-species.ts";
import { type CommandIo, printJson } from "../command.ts";
import { createProgress } from "../output/progress.ts";
import { chooseRecipe, firstFrames, speciesList } from "./structure-input.ts";
import type { DescribeOptions } from "./structure-options.ts";

const CHUNK_ATOMS = 4096;

/** `structure describe`: descriptors of every frame, to a .npy file. */
export async function describeFrames(options: DescribeOptions, io: CommandIo): Promise<void> {
  const started_ms = performance.now();
  const { recipe, species, neighbour_A } = chooseRecipe(
    options,
    await firstFrames([options.frames]),
  );
  const settings = laafSettings(recipe, species.length);
  const length = descriptorLength(settings);
  const writer: NpyWriter | undefined =
    options.out === undefined ? undefined : createNpyWriter(options.out, length);
  const progress = createProgress(io, "describe");
  const notes = new Set<string>();
  let atoms = 0;
  let frames = 0;
  let descriptors_ms = 0;
  let writing_ms = 0;
  for await (const { frame, fraction } of readWholeFrames(options.frames, (cut) =>
    notes.add(cut),
  )) {
    const matched = matchSpecies(frame, species, speciesList(options.species));
    if (matched.note !== undefined) notes.add(otherSpecies(frame, species) ?? matched.note);
    const begin_ms = performance.now();
    describeInChunks({ ...frame, species: matched.species }, settings, CHUNK_ATOMS, (_, rows) => {
      const written_ms = performance.now();
      writer?.append(rows);
      writing_ms += performance.now() - written_ms;
    });
    descriptors_ms += performance.now() - begin_ms;
    atoms += frame.atoms;
    frames++;
    progress.update(Math.round(1000 * fraction), 1000, `${atoms} atoms`);
  }
  writer?.close();
  progress.finish();
  const result = {
    frames,
    atoms,
    length,
    species,
    cutoff_A: recipe.cutoff_A,
    average_A: recipe.average_A,
    firstNeighbour_A: neighbour_A ?? null,
    notes: [...notes],
    ...(options.out === undefined ? {} : { out: options.out }),
    timing_ms: {
      descriptors: descriptors_ms - writing_ms,
      writing: writing_ms,
      total: performance.now() - started_ms,
    },
  };
  for (const note of notes) io.err(`Note: ${note}\n`);
  if (options.json === true) return printJson(io, result);
  io.out(
    `${atoms} atoms in ${frames} frames, ${length} components each ` +
      `(Rc ${recipe.cutoff_A} A, Ra ${recipe.average_A} A, ${species.join(", ")})` +
      `${options.out === undefined ? "" : `, written to ${options.out}`}\n`,
  );
}

/** Where frames of one element are followed by frames of one other, both are described alike: said, not hidden. */
function otherSpecies(frame: Frame, species: readonly string[]): string | undefined {
  const other = frame.speciesNames.filter((name) => !species.includes(name));
  return species.length === 1 && other.length === 1 && !/^\d+$/.test(other[0] ?? "")
    ? `Frames of ${other[0]} follow frames of ${species[0]}: their atoms were described alike; --species ` +
        `${species[0]},${other[0]} tells them apart.`
    : undefined;
}
