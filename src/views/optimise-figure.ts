import type { OptimiseView } from "../domain/planner-view.ts";
import type { HistorySample, ObservationView } from "./campaign-view.ts";
import { PICTURE_WIDTH } from "./goal-picture.ts";
import { formatNumber } from "./observation-summary.ts";
import { optimisePictures } from "./optimise-pictures.ts";
import { composeFigure, flowPanels, type Panel } from "./pictures/figure.ts";
import { drawTextTable } from "./pictures/text-table.ts";
import { textWidth } from "./pictures/text-width.ts";
import type { Theme } from "./pictures/theme.ts";

export interface OptimiseFigureSources {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly view: OptimiseView;
  readonly observations: readonly ObservationView[];
  readonly history?: readonly HistorySample[] | undefined;
  /** The front of all candidates, where it is known. */
  readonly trueFront?: readonly Readonly<Record<string, number>>[] | undefined;
  /** Pictures that come first. */
  readonly first?: readonly Panel[] | undefined;
  /** Names of pictures that would repeat what is shown already. */
  readonly leaveOut?: readonly string[] | undefined;
  /** Points to measure next. */
  readonly next?: readonly NextPoint[] | undefined;
  readonly theme: Theme;
}

export interface NextPoint {
  readonly candidateId: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly why: string;
}

/** A figure of more panels than this is a report's job. */
const PANELS_max = 24;

/**
 * The figure of an optimisation: convergence, Pareto front, slices through the best point with their uncertainty, importances,
 * leave-one-out fit, and the next points with what the model expects of them.
 */
export function drawOptimiseFigure(sources: OptimiseFigureSources): string {
  const { theme, view, observations, history = [], trueFront, first = [] } = sources;
  const pictures = optimisePictures({ view, history, observations, trueFront }).filter(
    ({ name }) => !(sources.leaveOut ?? []).includes(name),
  );
  const panels: Panel[] = [
    ...nextPanel(sources),
    ...first,
    ...pictures
      .slice(0, PANELS_max)
      .map((picture) => ({ svg: picture.draw(theme), heading: headingOf(picture.title) })),
  ];
  const left = pictures.length - PANELS_max;
  const note = left > 0 ? ` ${left} further pictures are not drawn.` : "";
  const width = Math.max(3 * PICTURE_WIDTH.half, PICTURE_WIDTH.wide + PICTURE_WIDTH.half) + 60;
  return composeFigure(flowPanels(panels, width), {
    title: sources.title,
    subtitle: `${sources.subtitle ?? ""}${note}`.trim(),
    description: `${observations.length} results.`,
    theme,
  });
}

/** The next points; their reasons say what the model expects of them. */
function nextPanel({ next = [], theme }: OptimiseFigureSources): Panel[] {
  const [sample] = next;
  if (sample === undefined) return [];
  const axes = Object.keys(sample.parameters);
  const rows = next.map(({ parameters, why }, k) => [
    String(k + 1),
    ...axes.map((axis) => {
      const value = parameters[axis];
      return typeof value === "number" ? formatNumber(value) : (value ?? "");
    }),
    why,
  ]);
  const title = "Next experiments";
  return [{ svg: drawTextTable(["", ...axes, "why"], rows, { title, theme }), heading: title }];
}

/** A picture's title, without details where those would be cut off. */
function headingOf(title: string): string {
  const [what = title, where] = title.split(" at ");
  const shorter = [
    title,
    ...(where === undefined ? [] : [`${what}, through the best result`]),
    what,
    title.split(" predicted")[0] ?? title,
  ];
  const fits = (text: string): boolean => textWidth(text, 13, true) <= PICTURE_WIDTH.half;
  return shorter.find(fits) ?? what;
}
