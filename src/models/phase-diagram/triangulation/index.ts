export {
  createTriangulationModel,
  type LabelOrigin,
  type TriangulationModel,
  type TriangulationOptions,
} from "./model.ts";
