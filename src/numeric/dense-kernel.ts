export {
  choleskyInPlace,
  inverseFromFactor,
  solveLower,
  solveLowerRows,
  solveLowerTransposed,
} from "./cholesky.ts";
