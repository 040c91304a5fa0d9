import type { Parameters } from "./candidate.ts";
import type { Capability } from "./instrument.ts";

/** What a start asks for, as far as its samples are concerned. */
export interface SamplesAsked {
  readonly parameters: Parameters;
  readonly sampleIds?: readonly string[] | undefined;
  /** Set points that are not one for all samples. */
  readonly parametersBySample?: Readonly<Record<string, Parameters>> | undefined;
}

/** Every set of set points that a start asks for: one, or of a load one for each sample that has its own. */
export function setPointsBySample({ parameters, parametersBySample }: SamplesAsked): Parameters[] {
  const own = Object.values(parametersBySample ?? {});
  return own.length === 0 ? [parameters] : own.map((one) => ({ ...parameters, ...one }));
}

/** Why so many samples, or set points of these, are more than the instrument has room for; `undefined` where they are not. */
export function refusalOfSamples(
  { sampleIds = [], parametersBySample = {} }: SamplesAsked,
  { capacity = Number.POSITIVE_INFINITY }: Capability,
): string | undefined {
  if (sampleIds.length > capacity) return `it takes ${capacity} samples, not ${sampleIds.length}`;
  const strange = Object.keys(parametersBySample).find((id) => !sampleIds.includes(id));
  return strange === undefined
    ? undefined
    : `${strange} has set points and is not among the samples`;
}

/** What a job uses up, by the name of the stock. */
export function usesOf({ consumes = [] }: Capability, asked: SamplesAsked): Map<string, number> {
  const { sampleIds = [], parametersBySample } = asked;
  const all = setPointsBySample(asked);
  // Shared set points hold for each of the samples.
  const each: readonly Parameters[] =
    parametersBySample === undefined ? Array(Math.max(1, sampleIds.length)).fill(all[0]) : all;
  const uses = new Map<string, number>();
  for (const { stock, amount, by } of consumes)
    for (const parameters of each) {
      const times = by === undefined ? 1 : Number(parameters[by] ?? 0);
      if (Number.isFinite(times)) uses.set(stock, (uses.get(stock) ?? 0) + amount * times);
    }
  return uses;
}
