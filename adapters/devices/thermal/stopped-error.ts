import { LabError } from "../../../src/core/errors.ts";

export function stoppedError(): LabError {
  return new LabError("TL-3204", "A stop came meanwhile: nothing more is written");
}
