import { misuse } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { Observation } from "../../domain/observation.ts";
import type { PlannerView } from "../../domain/planner-view.ts";
import type { ProposedPoint } from "../../domain/proposal.ts";
import type { ObservationView } from "../../views/campaign-view.ts";
import { mapDocument } from "../../views/map-document.ts";
import type { Columns } from "../../views/map-plane.ts";
import { namedResult, namedView, namerFor } from "../../views/named.ts";
import { summariseObservation } from "../../views/observation-summary.ts";
import { drawMapFigure } from "../../views/pictures/map-figure.ts";
import { LIGHT } from "../../views/pictures/theme.ts";
import { readPhaseDiagramView } from "../../views/planner-views.ts";
import type { CommandIo } from "../command.ts";
import { nameList } from "../option-values.ts";
import { mapKind, writeMap } from "./write-map.ts";
import { pictureKind, writePicture } from "./write-picture.ts";

/** What `--plot`, `--plot-axes` and `--map` ask for. */
export interface MapOutputs {
  readonly plot?: string | undefined;
  readonly plotAxes?: string | undefined;
  readonly map?: string | undefined;
}

/** A map to be written: candidates `c0`, `c1` ... in the order of `rows`. */
export interface MapToWrite {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly rows: readonly Parameters[];
  /** The planner's view with its probabilities. */
  readonly view: PlannerView;
  readonly results: readonly {
    readonly candidateId: string;
    readonly parameters: Parameters;
    readonly observations: readonly Observation[];
  }[];
  readonly next?: readonly ProposedPoint[] | undefined;
  readonly truth?: readonly string[] | undefined;
  readonly below?: readonly string[] | undefined;
}

/** Refuses impossible file names and axes before any work is done. */
export function checkMapOutputs(outputs: MapOutputs, axes: readonly string[]): void {
  if (outputs.plot !== undefined) pictureKind("--plot", outputs.plot);
  if (outputs.map !== undefined) mapKind(outputs.map);
  plotAxes(outputs, axes);
}

/** Writes the picture and the map that were asked for, and says where. */
export async function writeMapOutputs(
  outputs: MapOutputs,
  map: MapToWrite,
  io: CommandIo,
): Promise<void> {
  const view = readPhaseDiagramView(map.view);
  if (view === undefined) return;
  const columns = columnsOf(map.rows);
  const written: string[] = [];
  if (outputs.plot !== undefined) {
    const namer = namerFor({ axes: Object.keys(columns) }, [...view.labels, ...(map.truth ?? [])]);
    const svg = drawMapFigure({
      title: map.title,
      subtitle: map.subtitle,
      columns,
      view: readPhaseDiagramView(namedView(map.view, namer)) ?? view,
      observations: map.results.map(asObservation).map((one) => namedResult(one, namer)),
      next: map.next?.map((point) => ({ ...point, why: namer.sentence(point.why) })),
      truth: map.truth?.map(namer.label),
      axes: plotAxes(outputs, Object.keys(columns)),
      below: map.below,
      theme: LIGHT,
    });
    await writePicture(outputs.plot, svg);
    written.push(outputs.plot);
  }
  if (outputs.map !== undefined) {
    const measured = new Set(map.results.map(({ candidateId }) => candidateId));
    // Results of a table have the number of their candidate.
    const numberOf = (position: number): number => position;
    const document = mapDocument({ title: map.title, columns, view, measured, numberOf });
    written.push(...(await writeMap(outputs.map, document)));
  }
  if (written.length > 0) io.err(`written: ${written.join(", ")}\n`);
}

function plotAxes(
  { plotAxes: text }: MapOutputs,
  axes: readonly string[],
): readonly [string, string] | undefined {
  if (text === undefined) return undefined;
  const [x, y, ...more] = nameList("--plot-axes", text);
  if (x === undefined || y === undefined || more.length > 0 || x === y) {
    throw misuse(
      "TL-1001",
      `--plot-axes takes two axes such as ${axes.slice(0, 2).join(",")}, not "${text}"`,
    );
  }
  const unknown = [x, y].find((name) => !axes.includes(name));
  if (unknown !== undefined) {
    throw misuse("TL-1001", `--plot-axes ${unknown} is not among the axes ${axes.join(", ")}`);
  }
  return [x, y];
}

function columnsOf(rows: readonly Parameters[]): Columns {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

/** A result as views carry it, where nothing was measured by an instrument. */
export function asObservation(
  result: MapToWrite["results"][number],
  position: number,
): ObservationView {
  const { candidateId, parameters, observations } = result;
  return {
    ...{
      n: position + 1,
      position,
      candidateId,
      parameters,
      time_ms: 0,
      jobId: "",
      instrumentId: "",
    },
    results: observations.map(summariseObservation),
    simulated: true,
  };
}
