import type { CampaignSpec } from "./campaign.ts";
import type { Candidate, Parameters } from "./candidate.ts";
import { listCandidates } from "./candidates.ts";
import type { ProposedPoint } from "./proposal.ts";
import type { BoxSpace } from "./search-space.ts";
import { isSetPoint } from "./set-point-resolution.ts";

/** A point that a person wants measured: by its candidate's name, or by its place. */
export interface PointByHand {
  readonly candidateId?: string | undefined;
  readonly parameters?: Parameters | undefined;
  /** Name of an alternative recipe. */
  readonly recipe?: string | undefined;
}

/** People write 0.333 for a third: in spans of an axis. */
const TOLERANCE = 1e-3;

/**
 * The candidate that a person means, as a proposed point, or why there is none. `position` names the points of a
 * continuous space, which has no list.
 */
export function findPoint(
  wanted: PointByHand,
  spec: CampaignSpec,
  about: { readonly by: string; readonly reason: string | undefined; readonly position: number },
): ProposedPoint | { readonly problem: string } {
  const { recipe } = wanted;
  if (recipe !== undefined && spec.alternatives?.[recipe] === undefined)
    return { problem: `the campaign has no recipe ${recipe}.` };
  const found =
    spec.space.kind === "box"
      ? inBox(wanted, spec.space, `h${about.position}`)
      : inList(wanted, listCandidates(spec.space));
  if ("problem" in found) return found;
  const why = `by hand: ${about.by}${about.reason === undefined ? "" : `, ${about.reason}`}`;
  return { ...found, score: 0, why, ...(recipe === undefined ? {} : { recipe }) };
}

function inList(
  { candidateId, parameters }: PointByHand,
  candidates: readonly Candidate[],
): Candidate | { readonly problem: string } {
  if (candidateId !== undefined) {
    const named = candidates.find((one) => one.candidateId === candidateId);
    return named ?? { problem: `there is no candidate ${candidateId}.` };
  }
  if (parameters === undefined) return { problem: "a point needs a candidate or its parameters." };
  const names = Object.keys(candidates[0]?.parameters ?? {});
  const strange = differingName(names, Object.keys(parameters));
  if (strange !== undefined) return { problem: strange };
  const { nearest, gap } = findNearest(parameters, candidates, names);
  if (nearest === undefined) return { problem: "the campaign has no candidates." };
  if (gap <= TOLERANCE) return nearest;
  const place = names.map((name) => `${name}=${String(nearest.parameters[name])}`).join(" ");
  return {
    problem: `no candidate lies there; the nearest is ${nearest.candidateId} (${place}).`,
  };
}

function inBox(
  { parameters }: PointByHand,
  { axes }: BoxSpace,
  candidateId: string,
): Candidate | { readonly problem: string } {
  if (parameters === undefined)
    return { problem: "a point of a continuous space needs its parameters." };
  const strange = differingName(
    axes.map(({ name }) => name),
    Object.keys(parameters),
  );
  if (strange !== undefined) return { problem: strange };
  for (const { name, min, max, integer, resolution, categories, values } of axes) {
    const value = parameters[name];
    if (categories !== undefined) {
      if (!categories.includes(String(value)))
        return { problem: `${name} is one of ${categories.join(", ")}.` };
    } else if (typeof value !== "number" || !(value >= min && value <= max)) {
      return { problem: `${name} = ${String(value)} is outside ${min}..${max}.` };
    } else if (values !== undefined && !values.includes(value)) {
      return { problem: `${name} is one of ${values.join(", ")}.` };
    } else if (integer === true && !Number.isInteger(value)) {
      return { problem: `${name} is a whole number.` };
    } else if (!isSetPoint(value, { resolution })) {
      return { problem: `${name} = ${value} is no multiple of its resolution ${resolution}.` };
    }
  }
  return { candidateId, parameters };
}

function differingName(axes: readonly string[], given: readonly string[]): string | undefined {
  const missing = axes.find((name) => !given.includes(name));
  if (missing !== undefined) return `${missing} is missing; the axes are ${axes.join(", ")}.`;
  const strange = given.find((name) => !axes.includes(name));
  return strange === undefined
    ? undefined
    : `${strange} is no axis; the axes are ${axes.join(", ")}.`;
}

/** The nearest candidate and its largest distance along an axis, in spans of the axis. */
function findNearest(
  parameters: Parameters,
  candidates: readonly Candidate[],
  names: readonly string[],
): { readonly nearest: Candidate | undefined; readonly gap: number } {
  const spans = names.map((name) => spanOf(candidates, name));
  let nearest: Candidate | undefined;
  let gap = Number.POSITIVE_INFINITY;
  for (const one of candidates) {
    let largest = 0;
    for (const [k, name] of names.entries()) {
      const [there, here] = [one.parameters[name], parameters[name]];
      const apart =
        typeof there === "number" && typeof here === "number"
          ? Math.abs(there - here) / (spans[k] ?? 1)
          : Number(there !== here);
      largest = Math.max(largest, apart);
    }
    if (largest < gap) [nearest, gap] = [one, largest];
  }
  return { nearest, gap };
}

function spanOf(candidates: readonly Candidate[], name: string): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { parameters } of candidates) {
    const value = Number(parameters[name]);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high > low ? high - low : 1;
}
