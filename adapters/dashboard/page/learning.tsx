import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { figureName } from "../../../src/views/figure-words.ts";
import { phaseColour } from "../../../src/views/pictures/palette.ts";
import { LinePlot } from "./line-plot.tsx";
import { ModelLine } from "./model-line.tsx";

/** Figures of the model that lie between 0 and 1 share one plot; the first others get one each. */
export function Learning({ campaign }: { readonly campaign: CampaignView }) {
  const { history, model } = campaign;
  if (history.length < 2 || model === undefined) return null;
  const names = Object.keys(history.at(-1)?.figures ?? {});
  const values = (name: string): (number | null)[] =>
    history.map((sample) => sample.figures[name] ?? null);
  const isShare = (name: string): boolean =>
    values(name).every((value) => value === null || (value >= 0 && value <= 1));
  const shares = names.filter(isShare).slice(0, 4);
  const others = names.filter((name) => !isShare(name)).slice(0, 2);
  const x = history.map((sample) => sample.observations);
  const groups = [shares, ...others.map((name) => [name])].filter((group) => group.length > 0);
  return (
    <section class="card" aria-labelledby="learning">
      <h2 id="learning">What it has learnt</h2>
      {groups.map((group) => (
        <LinePlot
          key={group.join()}
          x={x}
          xName="results"
          name={`${campaign.campaignId}-${group.join("-")}`}
          height={150}
          label={`Figures of the model: ${group.map(figureName).join(", ")}`}
          lines={group.map((name, k) => ({
            name: figureName(name),
            colour: phaseColour(k === 0 ? 5 : k),
            values: values(name),
          }))}
        />
      ))}
      <ModelLine campaign={campaign} />
    </section>
  );
}
