import { toCsv } from "./export-text.ts";
import { type GoalPicture, PICTURE_WIDTH } from "./goal-picture.ts";
import { drawChart, type Series } from "./pictures/chart.ts";
import { phaseColour } from "./pictures/palette.ts";
import type { Theme } from "./pictures/theme.ts";

/** Atoms in the first two coordinates of a structure model's space; `group` is a place in the list of classes. */
export interface SpaceAtoms {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly group: readonly number[];
}

/** A structure model's space, and one simulation seen through it. */
export interface StructureLook {
  readonly classes: readonly string[];
  /** Of the species that the space belongs to. */
  readonly species: string;
  readonly training: SpaceAtoms;
  readonly run?: RunLook | undefined;
}

/** One trajectory, frame by frame, with the atoms of its last frame. */
export interface RunLook {
  readonly frames: readonly {
    readonly frame: number;
    readonly step?: number | undefined;
    readonly temperature_K?: number | undefined;
    /** Share of the atoms in each class. */
    readonly shares: Readonly<Record<string, number>>;
    /** Share of the atoms that are unlike every atom the model was trained on. */
    readonly unfamiliar: number;
  }[];
  readonly atoms: SpaceAtoms & { readonly unfamiliar: readonly boolean[] };
}

/** The 2-D space with its classes and the run's last atoms; the shares of the classes over the run. */
export function structurePictures(
  look: StructureLook,
  colourOf: (name: string) => string,
): GoalPicture[] {
  const { run } = look;
  return [
    spacePicture(look, colourOf),
    ...(run === undefined || run.frames.length < 2 ? [] : [sharesPicture(look, run, colourOf)]),
  ];
}

/** In a sentence: what the last frame holds. */
export function describeRun({ run }: StructureLook): string {
  const last = run?.frames.at(-1);
  if (last === undefined) return "No simulation has been looked at yet.";
  const shares = Object.entries(last.shares)
    .filter(([, share]) => share >= 0.005)
    .sort(([, a], [, b]) => b - a)
    .map(([name, share]) => `${Math.round(100 * share)} % ${name}`);
  const strange =
    last.unfamiliar < 0.005
      ? "no unfamiliar atoms"
      : `${Math.round(100 * last.unfamiliar)} % of the atoms are unfamiliar`;
  return `Last frame (${last.frame + 1}): ${shares.join(", ")}; ${strange}.`;
}

function spacePicture(look: StructureLook, colourOf: (name: string) => string): GoalPicture {
  const { classes, training, run } = look;
  const title = `Atoms of ${look.species} in the model's space: small, trained on${
    run === undefined ? "" : "; large, the run's last frame"
  }`;
  const series = (theme: Theme): Series[] => [
    ...classes.map((name, group) => ({
      ...pick(training, (k) => training.group[k] === group),
      name,
      colour: colourOf(name),
      kind: "dots" as const,
      radius: 1.6,
    })),
    ...(run === undefined ? [] : runSeries(classes, run, colourOf, theme)),
  ];
  return {
    name: "space",
    title,
    isWide: true,
    draw: (theme) =>
      drawChart(series(theme), {
        ...{ title, description: describeRun(look), theme },
        ...{ xName: "component 1", yName: "component 2" },
        ...{ width: PICTURE_WIDTH.wide, height: 420 },
      }),
    csv: () =>
      toCsv([
        ...training.x.map((x, k) => ({
          ...{ atom: "training", x, y: training.y[k], class: classes[training.group[k] ?? -1] },
          unfamiliar: "",
        })),
        ...(run?.atoms.x ?? []).map((x, k) => ({
          ...{ atom: "run", x, y: run?.atoms.y[k] },
          class: classes[run?.atoms.group[k] ?? -1],
          unfamiliar: run?.atoms.unfamiliar[k],
        })),
      ]),
  };
}

function runSeries(
  classes: readonly string[],
  { atoms }: RunLook,
  colourOf: (name: string) => string,
  theme: Theme,
): Series[] {
  return [
    ...classes.map((name, group) => ({
      ...pick(atoms, (k) => atoms.group[k] === group && atoms.unfamiliar[k] !== true),
      // The key names the small dots of the same colour.
      name: "",
      colour: colourOf(name),
      kind: "dots" as const,
      radius: 4,
    })),
    {
      ...pick(atoms, (k) => atoms.unfamiliar[k] === true),
      name: "unfamiliar",
      colour: theme.warning,
      kind: "dots",
      radius: 4,
    },
  ].filter((one) => one.x.length > 0) as Series[];
}

function sharesPicture(
  { classes }: StructureLook,
  { frames }: RunLook,
  colourOf: (name: string) => string,
): GoalPicture {
  const temperatures = frames.flatMap((one) => one.temperature_K ?? []);
  const steps = frames.flatMap((one) => one.step ?? []);
  const isQuench =
    temperatures.length === frames.length && new Set(temperatures).size > frames.length / 2;
  const hasSteps = steps.length === frames.length && new Set(steps).size === frames.length;
  const x = isQuench ? temperatures : hasSteps ? steps : frames.map((one) => one.frame);
  const xName = isQuench ? "temperature, K" : hasSteps ? "step" : "frame";
  const title = `Share of the atoms in each class over ${isQuench ? "temperature" : "time"}`;
  const line = (name: string, colour: string, y: number[], dashed = false): Series => ({
    ...{ name, colour, kind: "line", x, y, dashed },
  });
  return {
    name: "fractions",
    title,
    isWide: true,
    draw: (theme) =>
      drawChart(
        [
          ...classes.map((name) =>
            line(
              name,
              colourOf(name),
              frames.map((one) => one.shares[name] ?? 0),
            ),
          ),
          line(
            "unfamiliar",
            theme.warning,
            frames.map((one) => one.unfamiliar),
            true,
          ),
        ],
        {
          ...{ title, description: title, theme, xName, yName: "share of the atoms" },
          ...{ width: PICTURE_WIDTH.wide, height: 280, yMin: 0, yMax: 1 },
        },
      ),
    csv: () =>
      toCsv(
        frames.map(({ shares, ...one }) => ({
          ...one,
          ...Object.fromEntries(classes.map((name) => [name, shares[name] ?? 0])),
        })),
      ),
  };
}

function pick(
  { x, y }: SpaceAtoms,
  isIn: (k: number) => boolean,
): { readonly x: number[]; readonly y: number[] } {
  return { x: x.filter((_, k) => isIn(k)), y: y.filter((_, k) => isIn(k)) };
}

/** Colours of classes: those of the map's phases where they are phases, else the next ones. */
export function classColours(
  classes: readonly string[],
  phaseOrder: readonly string[],
): (name: string) => string {
  const order = [...new Set([...phaseOrder, ...classes])];
  return (name) => phaseColour(Math.max(0, order.indexOf(name)));
}
