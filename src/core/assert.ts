/**
 * Stops the program when something that the code itself guarantees does not hold: a bug, never bad input.
 * Bad input gets a {@link LabError}.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition)
    throw new Error(`Bug in Tieline: ${message}. Please report it with the event log.`);
}

/** Marks a branch that the types rule out; reaching it at run time is a bug. */
export function unreachable(value: never): never {
  throw new Error(`Bug in Tieline: unexpected ${JSON.stringify(value)}.`);
}
