/** `tieline/interpreters`: what a raw observation means. Named exports, no logic. */
export type { CampaignSpec } from "../../src/domain/campaign.ts";
export type { Observation } from "../../src/domain/observation.ts";
export {
  createFactInterpreter,
  type FactInterpreter,
  type FactInterpreterOptions,
} from "./interpret-facts.ts";
export type { InterpretationCall, Interpreter, Raw } from "./interpreter.ts";
export { INTERPRETERS } from "./interpreters.ts";
