import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";
import { toCsv } from "../../../src/views/export-text.ts";
import { type Bar, drawBars } from "../../../src/views/pictures/bar-chart.ts";
import { drawChart } from "../../../src/views/pictures/chart.ts";
import { phaseColour } from "../../../src/views/pictures/palette.ts";
import { isRecord, records } from "../../../src/views/planner-views.ts";
import { Picture } from "./picture.tsx";
import { usePlannerView } from "./use-campaign-data.ts";

/** Pictures of the goals that are no phase map: objectives, trade-offs, parameters with their errors, measured curves. */
export function GoalPictures(props: {
  readonly campaign: CampaignView;
  readonly observations: readonly ObservationView[];
}) {
  const { campaign, observations } = props;
  const { view } = usePlannerView(campaign, undefined);
  const names = objectiveNames(observations);
  const [first, second] = names;
  const parameters = barsOf({ ...view, ...campaign.model?.summary });
  const measured = records(view?.["measured"]).filter(
    (point) => typeof point["value"] === "number",
  );
  return (
    <section class="card" aria-label="Pictures">
      {names.map((name) => (
        <ObjectivePicture key={name} name={name} observations={observations} />
      ))}
      {first === undefined || second === undefined ? null : (
        <TradeOff x={first} y={second} observations={observations} />
      )}
      {parameters.length === 0 ? null : (
        <Picture
          name="parameters"
          keys={[JSON.stringify(parameters)]}
          csv={() => toCsv(parameters.map((bar) => ({ ...bar })))}
          draw={(theme) =>
            drawBars(parameters, {
              title: "Parameters of the model",
              description: parameters.map(({ name, value }) => `${name} ${value}`).join(", "),
              xName: "value with standard error",
              yName: "",
              width: 620,
              theme,
              colour: phaseColour(0),
            })
          }
        />
      )}
      {measured.length === 0 || measured[0]?.["field_T"] === undefined ? null : (
        <Picture
          name="measured"
          keys={[measured.length]}
          csv={() => toCsv(measured)}
          draw={(theme) =>
            drawChart(
              [
                {
                  name: "measured",
                  colour: phaseColour(6),
                  kind: "dots",
                  x: measured.map((point) => Number(point["field_T"])),
                  y: measured.map((point) => Number(point["value"])),
                  titles: measured.map((point) => `${String(point["temperature_K"])} K`),
                },
              ],
              { ...chart("Measured values", "field, T", "value"), theme },
            )
          }
        />
      )}
    </section>
  );
}

/** Every measured value of one objective, with the smallest and largest so far. */
function ObjectivePicture(props: {
  readonly name: string;
  readonly observations: readonly ObservationView[];
}) {
  const { name, observations } = props;
  const points = observations.flatMap((observation, k) => {
    const value = measuredValue(observation, name);
    return value === undefined ? [] : [{ experiment: k + 1, value }];
  });
  const x = points.map((point) => point.experiment);
  const y = points.map((point) => point.value);
  const soFar = (pick: (a: number, b: number) => number): number[] => {
    let best = y[0] ?? 0;
    return y.map((value) => {
      best = pick(best, value);
      return best;
    });
  };
  return (
    <Picture
      name={name}
      keys={[points.length, points.at(-1)?.experiment]}
      csv={() => toCsv(points)}
      draw={(theme) =>
        drawChart(
          [
            { name: "measured", colour: phaseColour(7), kind: "dots", x, y },
            {
              name: "smallest so far",
              colour: phaseColour(5),
              kind: "step",
              x,
              y: soFar(Math.min),
            },
            { name: "largest so far", colour: phaseColour(6), kind: "step", x, y: soFar(Math.max) },
          ],
          { ...chart(`${name} of each experiment`, "experiment", name), theme },
        )
      }
    />
  );
}

function TradeOff(props: {
  readonly x: string;
  readonly y: string;
  readonly observations: readonly ObservationView[];
}) {
  const points = props.observations.flatMap((observation) => {
    const [x, y] = [measuredValue(observation, props.x), measuredValue(observation, props.y)];
    return x === undefined || y === undefined ? [] : [{ [props.x]: x, [props.y]: y }];
  });
  return (
    <Picture
      name={`${props.x}-${props.y}`}
      keys={[points.length]}
      csv={() => toCsv(points)}
      draw={(theme) =>
        drawChart(
          [
            {
              name: "measured",
              colour: phaseColour(5),
              kind: "dots",
              x: points.map((point) => point[props.x] ?? 0),
              y: points.map((point) => point[props.y] ?? 0),
            },
          ],
          { ...chart(`${props.y} against ${props.x}`, props.x, props.y), theme },
        )
      }
    />
  );
}

function chart(title: string, xName: string, yName: string) {
  return { title, description: title, xName, yName, width: 620, height: 300 };
}

function objectiveNames(observations: readonly ObservationView[]): string[] {
  const names = observations.flatMap(({ results }) =>
    results.flatMap((result) => (result.kind === "objective" ? [result.name] : [])),
  );
  return [...new Set(names)];
}

function measuredValue(observation: ObservationView, name: string): number | undefined {
  for (const result of observation.results) {
    if (result.kind === "objective" && result.name === name) return result.value;
  }
  return undefined;
}

/** Everything in a summary that has a value and an error: couplings, the gap ... */
function barsOf(summary: Readonly<Record<string, unknown>>): Bar[] {
  return Object.entries(summary).flatMap(([name, entry]): Bar[] => {
    if (!isRecord(entry)) return [];
    const { value, error } = entry;
    if (typeof value === "number") {
      return [{ name, value, ...(typeof error === "number" ? { error } : {}) }];
    }
    return name === "J" ? barsOf(entry) : [];
  });
}
