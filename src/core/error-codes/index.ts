import { CONFIGURATION_CODES } from "./configuration.ts";
import { DIFFRACTION_CODES } from "./diffraction.ts";
import { EFFECTIVE_MODEL_CODES } from "./effective-model.ts";
import { LABORATORY_CODES } from "./laboratory.ts";
import { OPTIMISE_CODES } from "./optimise.ts";
import { PAGE_CODES } from "./page.ts";
import { PHASE_DIAGRAM_CODES } from "./phase-diagram.ts";
import { SIMULATION_CODES } from "./simulation.ts";
import { STORAGE_CODES } from "./storage.ts";
import { STRUCTURE_CODES } from "./structure.ts";
import { WIRE_CODES } from "./wire.ts";

/** Every error code, in blocks of a thousand per subsystem; a code never changes its meaning. */
export const ERROR_CODES = {
  ...SIMULATION_CODES,
  ...CONFIGURATION_CODES,
  ...WIRE_CODES,
  ...LABORATORY_CODES,
  ...STORAGE_CODES,
  ...PHASE_DIAGRAM_CODES,
  ...OPTIMISE_CODES,
  ...STRUCTURE_CODES,
  ...DIFFRACTION_CODES,
  ...EFFECTIVE_MODEL_CODES,
  ...PAGE_CODES,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
