import { readReferences } from "../../adapters/patterns/read-references.ts";
import { LabError } from "../core/errors.ts";
import { suggestName } from "../core/near-name.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { listCandidates } from "../domain/candidates.ts";
import type { PatternSettings } from "../domain/goal-settings.ts";
import { STRAIN_LIMIT } from "../models/diffraction/reference-card.ts";
import { componentsOf, orderGrid } from "../planning/phase-diagram/map-grid.ts";

interface ReferenceProblem {
  /** Below `model.patterns`. */
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/**
 * What of `model.patterns` only the references and the candidates show: references that cannot be read, names that none of
 * them has, cells farther off than is looked for, compositions of one component where the axis counts per cents.
 */
export function findReferenceProblems(spec: CampaignSpec): ReferenceProblem[] {
  const patterns = spec.goal === "phase-diagram" ? spec.model.patterns : undefined;
  if (patterns === undefined) return [];
  const names = namesOf(patterns.references);
  if (!Array.isArray(names)) return [{ path: ["references"], text: names.problem }];
  return [
    ...unknownNames(patterns, names),
    ...strainsBeyond(patterns),
    ...halfCompositions(spec, patterns),
  ];
}

function namesOf(references: readonly string[]): string[] | { readonly problem: string } {
  try {
    return readReferences(references).map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { problem: error.toLine() };
  }
}

function unknownNames(
  { vegard = {}, strainLimits = {} }: PatternSettings,
  names: readonly string[],
): ReferenceProblem[] {
  return Object.entries({ vegard, strainLimits }).flatMap(([key, byName]) =>
    Object.keys(byName)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        path: [key, name],
        text: `no reference is called "${name}"; ${suggestName(name, names)}`,
      })),
  );
}

/** A cell beyond the reference's limit is never found: its compositions would stay at what the limit allows. */
function strainsBeyond({ vegard = {}, strainLimits = {} }: PatternSettings): ReferenceProblem[] {
  return Object.entries(vegard).flatMap(([name, points]) => {
    const limit = strainLimits[name] ?? STRAIN_LIMIT;
    const strain = points.map((point) => point.strain ?? 0).find((s) => Math.abs(s) > limit);
    if (strain === undefined) return [];
    const text = `the strain ${strain} is beyond ${limit}, as far as this cell is looked for; raise strainLimits: { ${name}: ... }`;
    return [{ path: ["vegard", name], text }];
  });
}

/** One amount alone has no whole: beside an axis in per cent neither .3 nor 30 of one component says what was meant. */
function halfCompositions(
  { space }: CampaignSpec,
  { vegard = {} }: PatternSettings,
): ReferenceProblem[] {
  const halves = Object.entries(vegard).filter(([, points]) =>
    points.some(({ at }) => Object.keys(at).length === 1),
  );
  if (halves.length === 0) return [];
  const rows = listCandidates(space).map(({ parameters }) => parameters);
  const { axes, fractionAxis, wholeAmount } = orderGrid(rows, componentsOf(space));
  if (fractionAxis === undefined || wholeAmount === 1) return [];
  return halves.map(([name]) => ({
    path: ["vegard", name],
    text: `${axes[fractionAxis]} is in per cent, so that one component alone has no scale; name both, as { A: 3, B: 7 } or { A: 1, B: 0 }`,
  }));
}
