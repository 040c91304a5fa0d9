import { readFileSync } from "node:fs";
import { LabError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/domain/frame.ts";
import type { DataReference, PhasesObservation } from "../../src/domain/observation.ts";
import {
  createFrameClassifier,
  type FrameClassifier,
} from "../../src/planning/structure-map/frame-classifier.ts";
import { LAST_FRAMES, phasesOfFrames } from "../../src/planning/structure-map/trajectory-phases.ts";
import { type FileRules, fetchReference } from "../frames/data-reference.ts";
import { readFrames } from "../frames/read-frames.ts";
import { withoutContent } from "./without-content.ts";

/** A trajectory to be turned into phases, with the model that knows them. */
export interface ClassificationRequest {
  readonly frames: DataReference;
  /** Model file of `structure train`. */
  readonly model: string;
  readonly fraction_min?: number | undefined;
  readonly files?: FileRules | undefined;
}

const classifiers = new Map<string, FrameClassifier>();

/**
 * Verifies a trajectory's checksum, reads it (only its last frames stay in memory) and says its phases.
 * Throws TL-1002, TL-7020 (another file than announced), TL-7021 (may not be read), TL-7002.. (unreadable), TL-7010 (unusable model);
 * what it throws quotes nothing of the file.
 */
export async function classifyTrajectory(
  request: ClassificationRequest,
): Promise<PhasesObservation> {
  const { frames, model, fraction_min, files } = request;
  const path = await fetchReference(frames, files);
  return await withoutContent(frames, async () => {
    const last: Frame[] = [];
    for await (const { frame } of readFrames(path)) {
      last.push(frame);
      if (last.length > LAST_FRAMES) last.shift();
    }
    return phasesOfFrames(last, classifierOf(model), fraction_min);
  });
}

/** The classifier of a model file; read once. Throws TL-1002, TL-7010. */
export function classifierOf(path: string): FrameClassifier {
  const known = classifiers.get(path);
  if (known !== undefined) return known;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new LabError("TL-1002", `The structure model ${path} cannot be read`, { cause });
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new LabError("TL-7010", `${path} is not JSON`, { cause });
  }
  const made = createFrameClassifier(document);
  classifiers.set(path, made);
  return made;
}
