export {
  createTriangulationModel,
  type TriangulationModel,
  type TriangulationOptions,
} from "./model.ts";
export { furtherAxis } from "./stack/stack-candidates.ts";
export { createStackModel } from "./stack/stack-model.ts";
