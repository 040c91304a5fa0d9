import type { Capability } from "../../gateway/index.ts";

/** A number that a job brings. */
export interface FileSetPoint {
  readonly name: string;
  readonly unit: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What an instrument can do that is spoken to by files. */
export function fileCapability(
  about: {
    readonly capability: string;
    readonly expectedDuration_s: number;
    readonly parameters: readonly FileSetPoint[];
    readonly capacity?: number | undefined;
    readonly shares?: readonly string[] | undefined;
  },
  results: readonly string[],
): Capability {
  const declared = about.parameters.map(({ name, ...one }) => [
    name,
    { type: "number" as const, required: true, ...one },
  ]);
  return {
    ...{ name: about.capability, results, repeatable: false },
    expectedDuration_s: about.expectedDuration_s,
    ...(about.capacity === undefined ? {} : { capacity: about.capacity }),
    ...(about.shares === undefined ? {} : { shares: about.shares }),
    parameters: Object.fromEntries(declared),
  };
}
