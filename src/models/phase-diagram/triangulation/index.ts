export {
  createTriangulationModel,
  type TriangulationModel,
} from "./model.ts";
export { furtherAxis } from "./stack/stack-candidates.ts";
export { createStackModel } from "./stack/stack-model.ts";
