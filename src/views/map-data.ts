import { phaseSetLabel } from "../domain/observation.ts";
import type { BatchView, CampaignView, ObservationView } from "./campaign-view.ts";
import { type Columns, type MapPlane, placeIn } from "./map-plane.ts";
import type { PhaseDiagramView } from "./planner-views.ts";
import type { Results } from "./results.ts";

/** Everything that one map draws, in the plane's coordinates: ready for a canvas or an SVG. */
export interface MapData {
  readonly plane: MapPlane;
  readonly title: string;
  /** Candidates that are drawn as cells. */
  readonly cells: MapCells;
  readonly labels: readonly string[];
  /** Phases in the order of their discovery: gives the colours. */
  readonly phaseOrder: readonly string[];
  readonly measured: readonly MapPoint[];
  readonly inFlight: readonly MapPoint[];
  readonly batch: readonly MapPoint[];
  readonly tieLines: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[];
  readonly triangles: readonly (readonly number[])[];
}

type BatchPoint = BatchView["points"][number];

export interface MapCells {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Place in `labels`, -1 unknown. */
  readonly label: Int16Array;
  readonly certainty: Float64Array;
  /** The candidate of each cell: its row in the table. */
  readonly row: Int32Array;
}

export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly candidateId: string;
  /** What a person reads about it. */
  readonly text: string;
  readonly label?: string | undefined;
}

export interface MapSources {
  readonly title: string;
  readonly plane: MapPlane;
  readonly columns: Columns;
  readonly view: PhaseDiagramView | undefined;
  readonly observations: Results;
  readonly campaign?: Pick<CampaignView, "jobs" | "batch" | "waiting"> | undefined;
  /** Of {@link gatherCells}, where they are known already: they change with the view only, the rest with every job. */
  readonly cells?: MapCells | undefined;
  /** Of {@link measuredPoints} of all observations, where they are known already. */
  readonly measured?: readonly MapPoint[] | undefined;
  /** Values of further axes that are shown: only candidates that match are drawn. */
  readonly slice?: Readonly<Record<string, number>> | undefined;
}

function describeJob({ state, instrumentId, waitsFor, why }: CampaignView["jobs"][number]): string {
  const word = waitsFor === undefined ? `in flight: ${state}` : `waiting for ${waitsFor}`;
  const where = instrumentId === undefined ? "" : ` on ${instrumentId}`;
  return `${word}${where}${why === undefined ? "" : `; why: ${why}`}`;
}

/** Gathers what a map draws from the planner's view, the candidates and the campaign. */
export function gatherMapData(sources: MapSources): MapData {
  const { plane, view, observations, campaign, slice = {} } = sources;
  const measured =
    sources.measured ?? [...observations].flatMap((one) => measuredPoints(one, plane, slice));
  // What waits for a person has a job already, but nothing of it has been sent.
  const waiting = new Set(campaign?.waiting?.candidateIds);
  const jobs = (campaign?.jobs ?? []).filter((job) => !waiting.has(job.candidateId));
  const batch = pointsToCome(campaign, waiting);
  const inFlightIds = new Set(jobs.map((job) => job.candidateId));
  return {
    plane,
    title: sources.title,
    cells: sources.cells ?? gatherCells(sources),
    labels: view?.labels ?? [],
    phaseOrder: discoveryOrder(observations),
    measured,
    inFlight: jobs.flatMap((job) =>
      pointOf(plane, slice, job.parameters, job.parameters, {
        candidateId: job.candidateId,
        text: describeJob(job),
      }),
    ),
    batch: batch
      .filter((point) => point.state !== "measured" && !inFlightIds.has(point.candidateId))
      .flatMap((point) =>
        pointOf(plane, slice, point.parameters, point.parameters, {
          candidateId: point.candidateId,
          text: `${waiting.has(point.candidateId) ? "waits for approval" : "next"}: ${point.why}`,
        }),
      ),
    tieLines: (view?.tieLines ?? []).flatMap(({ ends }) => {
      const [p, q] = ends.map((end) => placeIn(plane, end));
      return p && q && ends.every((end) => inSlice(slice, end)) ? [[...p, ...q] as const] : [];
    }),
    triangles: (view?.triangles ?? []).flatMap(({ corners }) => {
      const places = corners.map((corner) => placeIn(plane, corner));
      const known = places.every((place) => place !== undefined);
      return known && corners.every((c) => inSlice(slice, c))
        ? [places.flatMap((p) => p ?? [])]
        : [];
    }),
  };
}

/** Points of the latest batch, and those of earlier ones that still wait for a person. */
function pointsToCome(
  campaign: MapSources["campaign"],
  waiting: ReadonlySet<string>,
): readonly Pick<BatchPoint, "candidateId" | "parameters" | "why" | "state">[] {
  const latest = campaign?.batch?.points ?? [];
  const shown = new Set(latest.map(({ candidateId }) => candidateId));
  const earlier = (campaign?.jobs ?? []).filter(
    ({ candidateId }) => waiting.has(candidateId) && !shown.has(candidateId),
  );
  return [...latest, ...earlier.map((job) => ({ ...job, why: job.why ?? "" }))];
}

/** Where an observation stands in the plane: one point, or none where it has no place in it or in the slice. */
export function measuredPoints(
  observation: ObservationView,
  plane: MapPlane,
  slice: Readonly<Record<string, number>>,
): readonly MapPoint[] {
  const { candidateId, actual, parameters } = observation;
  const { text, label } = wordsOf(observation);
  return pointOf(plane, slice, actual ?? parameters, parameters, { candidateId, text, label });
}

/** Thousands of results say the same: its words are made once. */
const words = new WeakMap<ObservationView["results"], Pick<MapPoint, "text" | "label">>();

function wordsOf(observation: ObservationView): Pick<MapPoint, "text" | "label"> {
  const known = words.get(observation.results);
  if (known !== undefined) return known;
  const label = labelOf(observation);
  const said = { text: `measured: ${label ?? "no phases"}`, label };
  words.set(observation.results, said);
  return said;
}

/** The phases in the order in which they were first observed. */
export function discoveryOrder(observations: Results): string[] {
  const order = new Set<string>();
  const said = observations.saidAtFirst?.() ?? Array.from(observations, ({ results }) => results);
  for (const results of said) {
    for (const result of results) {
      if (result.kind === "phases") for (const phase of result.phases) order.add(phase);
    }
  }
  return [...order];
}

/** The label of an observation's phases; `undefined` where it holds none. */
export function labelOf(observation: Pick<ObservationView, "results">): string | undefined {
  const phases = observation.results.find((result) => result.kind === "phases");
  return phases === undefined ? undefined : phaseSetLabel(phases.phases);
}

/** The candidates of a section with what the view says of each. */
export function gatherCells(
  sources: Pick<MapSources, "plane" | "columns" | "view" | "slice">,
): MapCells {
  const { plane, columns, view, slice = {} } = sources;
  const names = Object.keys(columns);
  const total = columns[names[0] ?? ""]?.length ?? 0;
  const [x, y] = [new Float64Array(total), new Float64Array(total)];
  const [label, certainty] = [new Int16Array(total), new Float64Array(total)];
  const rows = new Int32Array(total);
  const parameters: Record<string, number | string | null> = {};
  const isWhole = Object.keys(slice).length === 0;
  let count = 0;
  for (let row = 0; row < total; row++) {
    for (const name of names) parameters[name] = columns[name]?.[row] ?? null;
    const place = isWhole || inSlice(slice, parameters) ? placeIn(plane, parameters) : undefined;
    if (place === undefined) continue;
    x[count] = place[0];
    y[count] = place[1];
    label[count] = view?.labelIndex[row] ?? -1;
    certainty[count] = view?.certainty[row] ?? 0;
    rows[count] = row;
    count++;
  }
  return {
    count,
    x: x.subarray(0, count),
    y: y.subarray(0, count),
    label: label.subarray(0, count),
    certainty: certainty.subarray(0, count),
    row: rows.subarray(0, count),
  };
}

function pointOf(
  plane: MapPlane,
  slice: Readonly<Record<string, number>>,
  at: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>>,
  about: Omit<MapPoint, "x" | "y">,
): MapPoint[] {
  // What an instrument measures of the composition need not name the further axes: those are as asked.
  const place = placeIn(plane, at === asked ? asked : { ...asked, ...at });
  return place === undefined || !inSlice(slice, asked)
    ? []
    : [{ x: place[0], y: place[1], ...about }];
}

function inSlice(
  slice: Readonly<Record<string, number>>,
  parameters: Readonly<Record<string, unknown>>,
): boolean {
  for (const [name, wanted] of Object.entries(slice)) {
    const value = parameters[name];
    if (
      typeof value === "number" &&
      Math.abs(value - wanted) > 1e-9 * Math.max(1, Math.abs(wanted))
    ) {
      return false;
    }
  }
  return true;
}
