import { readPatternFile } from "../../../adapters/patterns/read-pattern.ts";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import { naming } from "../../core/errors.ts";
import { type Identification, identifyPhases } from "../../models/diffraction/identify-phases.ts";
import { createLibraries } from "../../models/diffraction/libraries.ts";
import { preparePattern } from "../../models/diffraction/prepared-pattern.ts";
import { type CommandIo, printJson } from "../command.ts";
import { distinctNames, wholeNumber } from "../option-values.ts";
import { createProgress } from "../output/progress.ts";
import { pictureKind, writePicture } from "../output/write-picture.ts";
import { drawIdentification } from "./draw-identification.ts";
import { identificationLines } from "./identification-text.ts";
import type { IdentifyCommandOptions } from "./identify-options.ts";
import { type OtherAnode, otherAnode } from "./other-anode.ts";
import { readWavelength } from "./wavelength.ts";

const SET_MIN = 0.005;
const SETS_MAX = 10;
const PRESENCE_MIN = 0.001;

/**
 * Identifies every pattern in turn; references are read once. `cpu_ms` is the processor time of binning and every search, those
 * with other tubes' wavelengths among them; not of reading files and of making the cards ready for a wavelength.
 */
export async function identifyPatterns(
  options: IdentifyCommandOptions,
  io: CommandIo,
): Promise<void> {
  if (options.plot !== undefined) pictureKind("--plot", options.plot);
  const phases_max = wholeNumber("--max-phases", options.maxPhases, 1);
  const elements =
    options.elements === undefined ? undefined : distinctNames("--elements", options.elements);
  const radiation =
    options.wavelength === undefined ? undefined : readWavelength(options.wavelength);
  const libraryFor = createLibraries(readReferences(options.references), elements);
  const progress = createProgress(io, "identify");
  const results = [];
  for (const [k, file] of options.pattern.entries()) {
    const raw = readPatternFile(file);
    const begin = process.cpuUsage();
    const pattern = naming(file, () => preparePattern(raw, { radiation }));
    const preparing_us = spent_us(begin);
    const library = libraryFor(pattern);
    const searchBegin = process.cpuUsage();
    const found = identifyPhases(pattern, library, { phases_max });
    const other =
      radiation === undefined ? otherAnode(raw, found, libraryFor, { phases_max }) : undefined;
    const cpu_ms = Math.round((preparing_us + spent_us(searchBegin)) / 100) / 10;
    results.push(summary(file, found, cpu_ms, other));
    if (options.json !== true) io.out(identificationLines(file, found, other));
    if (k === 0 && options.plot !== undefined) {
      await writePicture(options.plot, drawIdentification(file, found));
    }
    progress.update(k + 1, options.pattern.length, file);
  }
  progress.finish();
  if (options.json === true) printJson(io, { patterns: results });
}

function summary(
  file: string,
  found: Identification,
  cpu_ms: number,
  other: OtherAnode | undefined,
): unknown {
  const sets = found.sets.slice(0, SETS_MAX).filter(({ probability }, k) => {
    return k === 0 || probability >= SET_MIN;
  });
  const presence = [...found.presence]
    .filter(([, probability]) => probability >= PRESENCE_MIN)
    .sort(([, p], [, q]) => q - p)
    .map(([name, probability]) => [name, rounded(probability)] as const);
  return {
    file,
    sets: sets.map(({ phases, probability, weights }) => ({
      phases,
      probability: rounded(probability),
      weights: Object.fromEntries(phases.map((name, k) => [name, rounded(weights[k]!.fraction)])),
      weightErrors: Object.fromEntries(phases.map((name, k) => [name, rounded(weights[k]!.error)])),
    })),
    presence: Object.fromEntries(presence),
    unexplained: rounded(found.unexplained),
    unfamiliar: found.unfamiliar,
    ...(other === undefined ? {} : { likelyAnode: other.anode }),
    cpu_ms,
  };
}

function spent_us(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function rounded(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : 0;
}
