import type { Interpreter } from "./interpreter.ts";
import { createPatternInterpreter } from "./pattern-interpreter.ts";
import { createTrajectoryInterpreter, type InterpreterNeeds } from "./trajectory-interpreter.ts";

/** Every interpreter of the daemon's own; a further one is a file beside these and a line here. */
export const INTERPRETERS: readonly ((needs: InterpreterNeeds) => Interpreter)[] = [
  (needs) => createTrajectoryInterpreter(needs),
  () => createPatternInterpreter(),
];
