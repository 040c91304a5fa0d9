import type { CrossProblem } from "./cross-problem.ts";
import type { CampaignConfiguration } from "./schema.ts";

/** Cells tell compositions in the campaign's components, one composition for each cell. */
export function checkVegard(
  campaign: CampaignConfiguration,
  axes: readonly string[],
  path: readonly PropertyKey[],
): CrossProblem[] {
  if (campaign.goal !== "phase-diagram") return [];
  const { vegard = {} } = campaign.model.patterns ?? {};
  const components = new Set(axes.flatMap((name) => [name, name.replace(/^x_/, "")]));
  // A binary over temperature has an axis for one component, and none for the other.
  const isWhole = campaign.space.kind === "simplex-grid";
  return Object.entries(vegard).flatMap(([name, points]) => {
    const strange = points.flatMap(({ at }) => {
      const all = Object.keys(at);
      const unknown = all.filter((component) => !components.has(component));
      return isWhole || unknown.length === all.length ? unknown : [];
    })[0];
    const strains = points.map(({ strain = 0 }) => strain);
    const twice = strains.find((strain, k) => strains.indexOf(strain) < k);
    const texts = [
      strange && `there is no component "${strange}"; the axes of the space are ${axes.join(", ")}`,
      twice !== undefined &&
        `two compositions have the strain ${twice}, so that a cell cannot tell which it is; give each its own`,
    ];
    return texts.flatMap((text) =>
      text ? [{ path: [...path, "model", "patterns", "vegard", name], text }] : [],
    );
  });
}
