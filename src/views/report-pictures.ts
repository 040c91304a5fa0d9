import type { PlannerView } from "../domain/planner-view.ts";
import type { HistorySample, ObservationView } from "./campaign-view.ts";
import { effectiveModelPictures } from "./effective-model-pictures.ts";
import type { ExportDocument } from "./export-document.ts";
import { figureName } from "./figure-words.ts";
import type { GoalPicture } from "./goal-picture.ts";
import type { Snapshot } from "./lessons.ts";
import { discoveryOrder } from "./map-data.ts";
import type { Columns } from "./map-plane.ts";
import { summariseObservation } from "./observation-summary.ts";
import { optimisePictures } from "./optimise-pictures.ts";
import { drawLearningCurve } from "./pictures/learning-curve.ts";
import { drawMapFigure } from "./pictures/map-figure.ts";
import { escapeXml } from "./pictures/svg.ts";
import { LIGHT } from "./pictures/theme.ts";
import { readPhaseDiagramView } from "./planner-views.ts";
import { figure, section } from "./report-parts.ts";
import {
  classColours,
  describeRun,
  type StructureLook,
  structurePictures,
} from "./structure-look.ts";

export interface PictureSources {
  readonly document: ExportDocument;
  readonly columns: Columns;
  readonly view: PlannerView | undefined;
  readonly snapshots: readonly Snapshot[];
  /** Some simulations, seen through the structure model. */
  readonly looks?: readonly NamedLook[] | undefined;
}

export interface NamedLook {
  readonly title: string;
  readonly look: StructureLook;
}

/** The pictures of the campaign's goal at its end: a map, an optimisation, an effective model. */
export function pictureSections(sources: PictureSources): string[] {
  const { document, view } = sources;
  const counts = new Set(document.observations.flatMap((o) => (o.withdrawn ? [] : [o.position])));
  const observations = document.observations
    .map(asView)
    .filter(({ position }) => counts.has(position));
  const history = historyOf(document);
  const pictures: GoalPicture[] = [
    ...(view?.kind === "optimise" ? optimisePictures({ view, history, observations }) : []),
    ...effectiveModelPictures({ view, history }),
  ];
  return [
    ...mapSections(sources, observations),
    ...simulationSection(sources, observations),
    ...(pictures.length === 0 ? [] : [section("Pictures", pictures.map(figureOf))]),
  ];
}

function simulationSection(
  { looks = [] }: PictureSources,
  observations: readonly ObservationView[],
): string[] {
  const order = discoveryOrder(observations);
  const figures = looks.flatMap(({ title, look }, k) => [
    `<h3>${escapeXml(title)}</h3><p>${escapeXml(describeRun(look))}</p>`,
    ...structurePictures(look, classColours(look.classes, order)).map((picture) =>
      figure(picture.draw(LIGHT), picture.title, `run-${k}-${picture.name}`),
    ),
  ]);
  return figures.length === 0 ? [] : [section("Simulations", figures)];
}

function figureOf(picture: GoalPicture): string {
  return figure(picture.draw(LIGHT), picture.title, picture.name);
}

function mapSections(
  { document, columns, view, snapshots }: PictureSources,
  observations: readonly ObservationView[],
): string[] {
  const map = readPhaseDiagramView(view);
  if (map === undefined) return [];
  const base = { columns, theme: LIGHT, isKeyBelow: true };
  const { title } = document.campaign;
  const now = drawMapFigure({
    ...base,
    title: `${title}: after ${observations.length} results`,
    view: map,
    observations,
  });
  const past = snapshots.flatMap(({ results, view: then }) => {
    const known = readPhaseDiagramView(then);
    if (known === undefined) return [];
    const heading = `After ${results} results`;
    const seen = observations.slice(0, results);
    const svg = drawMapFigure({ ...base, title: heading, view: known, observations: seen });
    return [
      `<details><summary>${heading}</summary>${figure(svg, "", `past-${results}`)}</details>`,
    ];
  });
  return [section("Map", [figure(now, "", "map"), ...past])];
}

/** How the figures of the model's summary changed with the results. */
export function learningSection(document: ExportDocument): string {
  const history = historyOf(document);
  const names = [...new Set(history.flatMap(({ figures }) => Object.keys(figures)))];
  // A constant figure teaches nothing.
  const telling = names.filter((name) => {
    const values = history.flatMap(({ figures }) => figures[name] ?? []);
    return values.length > 1 && new Set(values).size > 1;
  });
  const charts = telling.slice(0, 6).map((name) => {
    const run = {
      name: "",
      x: history.map(({ observations }) => observations),
      y: history.map(({ figures }) => figures[name] ?? null),
    };
    const title = `${figureName(name)} over results`;
    const svg = drawLearningCurve([run], {
      ...{ title, xName: "results", yName: figureName(name), theme: LIGHT },
      ...{ width: 500, height: 250 },
    });
    return figure(svg, "", `curve-${name}`);
  });
  return charts.length === 0 ? "" : section("How the model learnt", charts);
}

function historyOf({ proposals }: ExportDocument): HistorySample[] {
  return proposals.map(({ model, time }) => ({
    observations: model.observations,
    time_ms: Date.parse(time),
    figures: Object.fromEntries(
      Object.entries(model.summary).flatMap(([name, value]): [string, number][] => {
        if (typeof value === "number" && Number.isFinite(value)) return [[name, value]];
        return Array.isArray(value) ? [[name, value.length]] : [];
      }),
    ),
  }));
}

function asView(
  observation: ExportDocument["observations"][number],
  place: number,
): ObservationView {
  const { result, time, ...rest } = observation;
  return {
    ...rest,
    n: place + 1,
    time_ms: Date.parse(time),
    instrumentId: "",
    results: result.map(summariseObservation),
  };
}
