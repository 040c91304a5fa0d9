import type { Frame } from "../../domain/frame.ts";
import type { PhasesObservation } from "../../domain/observation.ts";
import { type FrameClassifier, summarise } from "./frame-classifier.ts";

/** A class counts as a phase of a run from this share of its atoms on. */
export const FRACTION_MIN = 0.15;
/** Frames at the end of a run that are judged: where it has come to, not where it came from. */
export const LAST_FRAMES = 4;
/** From this share of unfamiliar atoms on the model knows nothing of the run. */
const UNFAMILIAR_MAX = 0.5;
const CONFIDENCE_MIN = 0.05;

/**
 * Phases of a run by its last frames: the classes that hold at least `fraction_min` of the atoms, with their shares among
 * these classes; two of them coexist. The confidence is the mean probability of the atoms, less where atoms are unfamiliar; a run
 * of mostly unfamiliar atoms gets 0.05 and is no evidence.
 */
export function phasesOfFrames(
  frames: readonly Frame[],
  classifier: FrameClassifier,
  fraction_min: number = FRACTION_MIN,
): PhasesObservation {
  const names = classifier.model.classes;
  const shares = new Map<string, number>();
  let unfamiliar = 0;
  let votes = 0;
  for (const frame of frames) {
    const found = classifier.classify(frame);
    const summary = summarise(found, names);
    for (const [name, share] of Object.entries(summary.classes))
      shares.set(name, (shares.get(name) ?? 0) + share / frames.length);
    unfamiliar += summary.unfamiliar / frames.length;
    const sum = found.probability.reduce((a, b) => a + b, 0);
    votes += sum / frame.atoms / frames.length;
  }
  const kept = [...shares].filter(([, share]) => share >= fraction_min);
  const total = kept.reduce((sum, [, share]) => sum + share, 0);
  const known = Math.max(0, 1 - unfamiliar / UNFAMILIAR_MAX);
  const confidence = Math.max(CONFIDENCE_MIN, votes * Math.min(1, 2 * known));
  return {
    kind: "phases",
    phases: kept.map(([name]) => name).sort(),
    fractions: Object.fromEntries(
      kept.map(([name, share]) => [name, Number((share / total).toFixed(6))]),
    ),
    confidence: Number(confidence.toFixed(4)),
  };
}
