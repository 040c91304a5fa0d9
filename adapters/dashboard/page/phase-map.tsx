import { useCallback, useMemo, useState } from "preact/hooks";
import { labelSourceOf } from "../../../src/views/label-source.ts";
import {
  gatherCells,
  gatherMapData,
  type MapPoint,
  type MapSources,
  measuredPoints,
} from "../../../src/views/map-data.ts";
import {
  findTernaryPlane,
  freeAxes,
  isTemperature,
  type MapPlane,
  numericColumns,
  varies,
} from "../../../src/views/map-plane.ts";
import { readPhaseDiagramView } from "../../../src/views/planner-views.ts";
import type { Results } from "../../../src/views/results.ts";
import { Later } from "./later.tsx";
import { MapLegend } from "./map-legend.tsx";
import { MapPane } from "./map-pane.tsx";
import { TimeSlider } from "./time-slider.tsx";
import type { Candidates, ShownCampaign } from "./use-campaign-data.ts";

/** The map of a campaign's phases: live or at any number of results, as a section, a stack of sections or two axes. */
export function PhaseMap(
  props: ShownCampaign & {
    readonly candidates: Candidates;
    readonly marked: string | undefined;
    /** Called when a map stands. */
    readonly drawn: () => void;
    /** Whether the first picture stands: its key comes after it. */
    readonly isDrawn: boolean;
  },
) {
  const { campaign, candidates, observations, marked, past, setPast } = props;
  const { view, failure } = props.known;
  const [layer, setLayer] = useState<"phases" | "uncertainty">("phases");
  const [shown, setShown] = useState({ ties: true, points: true, names: true });
  const [picked, pick] = useState<string>();
  const { plane, choice, slice, level } = usePlane(candidates);
  const known = useMemo(
    () => (past === undefined ? observations : observations.slice(0, past)),
    [observations, past],
  );
  const phaseView = useMemo(() => readPhaseDiagramView(view), [view]);
  const sources = {
    title: campaign.title,
    plane,
    columns: candidates.columns,
    view: phaseView,
    observations: known,
    ...(past === undefined ? { campaign } : {}),
  };
  const { columns } = candidates;
  const cells = useMemo(
    () => gatherCells({ plane, columns, view: phaseView, slice }),
    [plane, columns, slice, phaseView],
  );
  const measured = useMeasured(known, plane, slice, props.namer);
  const data = useMemo(
    () => gatherMapData({ ...sources, slice, cells, measured }),
    [plane, slice, phaseView, known, campaign.jobs, campaign.batch, past],
  );
  // The key of a stack is for all of it.
  const whole = useMemo(
    () => (level?.isStack ? gatherMapData({ ...sources, slice: {} }) : data),
    [level?.isStack, data],
  );
  const sourceOf = useCallback(
    (row: number) => labelSourceOf({ view: phaseView, observations: known, plane }, row),
    [phaseView, known, plane],
  );
  const layers = { cells: layer, ...shown, picked };
  const toggle = (name: keyof typeof shown) => () => setShown({ ...shown, [name]: !shown[name] });

  return (
    <section class="card map first" aria-label="Phase map">
      <div class="toolbar">
        {choice}
        <div class="segmented" role="radiogroup" aria-label="Colours show">
          {(["phases", "uncertainty"] as const).map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="layer"
                checked={layer === name}
                onChange={() => setLayer(name)}
              />
              <span>{name === "phases" ? "Phases" : "Uncertainty"}</span>
            </label>
          ))}
        </div>
        <Toggle name="Points" on={shown.points} flip={toggle("points")} />
        <Toggle name="Names" on={shown.names} flip={toggle("names")} />
        <Toggle name="Tie-lines" on={shown.ties} flip={toggle("ties")} />
      </div>
      <div class="map-and-legend">
        <div>
          {level?.isStack ? (
            <MapStack
              sources={sources}
              axis={level.axis}
              values={level.values}
              layers={layers}
              drawn={props.drawn}
            />
          ) : (
            <MapPane
              data={data}
              layers={layers}
              marked={marked}
              sourceOf={sourceOf}
              drawn={props.drawn}
            />
          )}
          <TimeSlider total={observations.length} past={past} choose={setPast} />
          {failure === undefined ? null : <p class="problem">The map can't be drawn: {failure}</p>}
          <Findings findings={phaseView?.findings ?? []} />
        </div>
        {props.isDrawn ? (
          <MapLegend
            data={level?.isStack ? whole : data}
            layer={layer}
            follows={phaseView?.found?.follows ?? []}
            picked={picked}
            pick={pick}
          />
        ) : null}
      </div>
      <Later
        part="MapDownloads"
        name={`${campaign.campaignId}-map`}
        picture={{
          data,
          layer,
          whole: level?.isStack ? { ...sources, view: phaseView } : undefined,
        }}
        table={{ candidates, plain: props.plain, known }}
      />
    </section>
  );
}

/** What the map has found out beyond labels. */
function Findings({ findings }: { readonly findings: readonly string[] }) {
  return findings.length === 0 ? null : (
    <section class="findings" aria-labelledby="findings">
      <h3 id="findings">Found</h3>
      <ul>
        {findings.map((finding) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
    </section>
  );
}

function Toggle(props: { readonly name: string; readonly on: boolean; readonly flip: () => void }) {
  return (
    <label class="toggle">
      <input type="checkbox" checked={props.on} onChange={props.flip} /> {props.name}
    </label>
  );
}

/** Points of the results: each is made once, when its result comes or the section changes. */
function useMeasured(
  results: Results,
  plane: MapPlane,
  slice: Readonly<Record<string, number>>,
  namer: unknown,
): readonly MapPoint[] {
  const made = useMemo(
    () => ({ results: 0, last: -1, points: [] as readonly MapPoint[] }),
    [plane, slice, namer],
  );
  return useMemo(() => {
    const isMore = made.results > 0 && results.at(made.results - 1)?.position === made.last;
    const fresh = isMore ? results.slice(made.results) : results;
    const added = Array.from(fresh, (one) => measuredPoints(one, plane, slice)).flat();
    if (!isMore) made.points = added;
    else if (added.length > 0) made.points = [...made.points, ...added];
    made.results = results.length;
    made.last = results.at(-1)?.position ?? -1;
    return made.points;
  }, [results, made]);
}

/** Small sections over one further axis, e.g. temperature. */
function MapStack(props: {
  readonly sources: Omit<MapSources, "slice" | "cells" | "measured">;
  readonly axis: string;
  readonly values: readonly number[];
  readonly layers: Parameters<typeof MapPane>[0]["layers"];
  readonly drawn: () => void;
}) {
  const { sources, axis, values, layers, drawn } = props;
  const maps = useMemo(
    () =>
      values.map((value) => ({
        value,
        data: gatherMapData({ ...sources, slice: { [axis]: value } }),
      })),
    [sources.view, sources.observations, axis],
  );
  const { plane } = sources;
  return (
    <div class="stack">
      {plane.kind === "ternary" ? (
        <p class="quiet">
          Corners: {plane.corners[0]} on top, {plane.corners[1]} left, {plane.corners[2]} right
        </p>
      ) : null}
      {maps.map(({ value, data }) => (
        <figure key={value}>
          <MapPane
            data={data}
            layers={{ ...layers, names: false }}
            marked={undefined}
            isSmall
            drawn={drawn}
          />
          <figcaption>
            {axis} {value}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

interface PlaneChoice {
  readonly plane: MapPlane;
  readonly slice: Readonly<Record<string, number>>;
  readonly level:
    | { readonly axis: string; readonly values: readonly number[]; readonly isStack: boolean }
    | undefined;
  readonly choice: preact.ComponentChildren;
}

/** Levels of a further axis that a stack shows at most: more would be too small to read. */
const STACK_MAX = 24;

/** The plane: the triangle where three columns are a composition, otherwise two axes of choice; further axes by value. */
function usePlane(candidates: Candidates): PlaneChoice {
  const { columns } = candidates;
  const ternary = useMemo(() => findTernaryPlane(columns), [columns]);
  const names = useMemo(
    () => numericColumns(columns).filter((name) => varies(columns[name])),
    [columns],
  );
  const [isTernary, setTernary] = useState(true);
  const [axes, setAxes] = useState<{ x: string; y: string }>();
  const [values, setValues] = useState<Readonly<Record<string, number>>>({});
  const [isStack, setStack] = useState(ternary !== undefined);
  const plane = useMemo((): MapPlane => {
    if (ternary !== undefined && isTernary) return ternary;
    return { kind: "axes", ...(axes ?? usualAxes(names)) };
  }, [ternary, isTernary, axes, names]);
  const free = useMemo(() => freeAxes(columns, plane), [columns, plane]);
  const levels = useMemo(
    () => new Map(free.map((name) => [name, levelsOf(columns[name] ?? [])])),
    [columns, free.join()],
  );
  const slice = useMemo(
    () =>
      Object.fromEntries([...levels].map(([name, list]) => [name, values[name] ?? list[0] ?? 0])),
    [levels, values],
  );
  const [first] = levels;
  const canStack = first !== undefined && levels.size === 1 && first[1].length <= STACK_MAX;
  return {
    plane,
    slice,
    level: canStack ? { axis: first[0], values: first[1], isStack } : undefined,
    choice: (
      <>
        {ternary === undefined ? null : (
          <Toggle name="Triangle" on={isTernary} flip={() => setTernary(!isTernary)} />
        )}
        {plane.kind === "axes" && names.length > 2 ? (
          <AxisChoice names={names} axes={plane} choose={setAxes} />
        ) : null}
        {[...levels].map(([name, list]) => (
          <label key={name}>
            {name}{" "}
            <select
              disabled={isStack}
              value={String(slice[name])}
              onChange={(event) =>
                setValues({ ...values, [name]: Number(event.currentTarget.value) })
              }
            >
              {list.map((value) => (
                <option key={value} value={String(value)}>
                  {value}
                </option>
              ))}
            </select>
          </label>
        ))}
        {canStack ? <Toggle name="Stack" on={isStack} flip={() => setStack(!isStack)} /> : null}
      </>
    ),
  };
}

function AxisChoice(props: {
  readonly names: readonly string[];
  readonly axes: { readonly x: string; readonly y: string };
  readonly choose: (axes: { x: string; y: string }) => void;
}) {
  const { names, axes, choose } = props;
  return (
    <>
      {(["x", "y"] as const).map((side) => (
        <label key={side}>
          {side}{" "}
          <select
            value={axes[side]}
            onChange={(event) => choose({ ...axes, [side]: event.currentTarget.value })}
          >
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      ))}
    </>
  );
}

/** Composition to the right, temperature upwards, as in every T-x diagram. */
function usualAxes(names: readonly string[]): { x: string; y: string } {
  const upwards = names.find(isTemperature) ?? names[1] ?? names[0] ?? "";
  return { x: names.find((name) => name !== upwards) ?? upwards, y: upwards };
}

function levelsOf(values: readonly (number | string | null)[]): number[] {
  return [...new Set(values)].filter((value) => typeof value === "number").sort((a, b) => a - b);
}
