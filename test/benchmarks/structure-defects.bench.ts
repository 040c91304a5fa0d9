/**
 * Hot and defective crystals beside OVITO's polyhedral template matching on the same files: `npm run bench -- structure-defects`.
 * `PEER_PYTHON` names an interpreter with OVITO (peers/ptm_peer.py); without it only our own figures are printed. Boxes are made
 * with LAMMPS once (some ten minutes) and kept in a folder of the system's temporary one.
 */
import { spawnSync } from "node:child_process";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import {
  automaticRadii,
  firstNeighbourDistance,
} from "../../src/models/structure/first-neighbour.ts";
import { modelToDocument } from "../../src/models/structure/model-document.ts";
import {
  type ClassifiedFrame,
  createFrameClassifier,
} from "../../src/planning/structure-map/frame-classifier.ts";
import { collectTrainingAtoms } from "../../src/planning/structure-map/structure-training.ts";
import {
  type DefectBox,
  nameOf,
  onlyFrame,
  type Place,
  placesOf,
  simulateDefects,
} from "./defect-boxes.ts";

const RUNS = join(tmpdir(), "tieline-structure-defects");
const OPTIONS = { neighbours: 7, components: 2, voters: 15, draws: 5 };
/** OVITO's own default, what its users take for hot crystals, and none. */
const RMSD = [0.1, 0.15, 0];
const PLACES = ["bulk", "beside", "defect", "liquid"] as const;
const BINS = 10;

type Elements = DefectBox["element"];
type Row = readonly [
  cell: DefectBox["cell"],
  kind: DefectBox["kind"],
  temperature_K: number,
  seed: number,
  cells: readonly [number, number, number],
  steps?: number,
];

/** Perfect crystals and liquids; with defects cold boxes with vacancies besides. Melting points: 926 K and 1772 K. */
const TRAINING: Readonly<Record<Elements, readonly Row[]>> = {
  Al: [
    ["fcc", "bulk", 300, 101, [7, 7, 7]],
    ["fcc", "bulk", 650, 102, [7, 7, 7]],
    ["hcp", "bulk", 300, 103, [9, 6, 7]],
    ["hcp", "bulk", 600, 104, [9, 6, 7]],
    ["fcc", "liquid", 1050, 105, [6, 6, 6]],
    ["fcc", "liquid", 1400, 106, [6, 6, 6]],
  ],
  Fe: [
    ["bcc", "bulk", 300, 111, [9, 9, 9]],
    ["bcc", "bulk", 1200, 112, [9, 9, 9]],
    ["fcc", "liquid", 2000, 113, [6, 6, 6]],
    ["fcc", "liquid", 2500, 114, [6, 6, 6]],
  ],
};
const DEFECTS: Readonly<Record<Elements, readonly Row[]>> = {
  Al: [
    ["fcc", "vacancies", 300, 121, [7, 7, 7]],
    ["fcc", "vacancies", 650, 122, [7, 7, 7]],
    ["hcp", "vacancies", 300, 123, [9, 6, 7]],
    ["hcp", "vacancies", 600, 124, [9, 6, 7]],
  ],
  Fe: [
    ["bcc", "vacancies", 300, 125, [9, 9, 9]],
    ["bcc", "vacancies", 1200, 126, [9, 9, 9]],
  ],
};
const UNSEEN: Readonly<Record<Elements, readonly Row[]>> = {
  Al: [
    ["fcc", "bulk", 850, 1, [7, 7, 7], 2000],
    ["fcc", "vacancies", 850, 2, [7, 7, 7], 2000],
    ["fcc", "surface", 750, 3, [7, 7, 8], 2000],
    ["fcc", "boundary", 750, 4, [3, 4, 6], 2000],
    ["hcp", "bulk", 750, 5, [9, 6, 7], 2000],
    ["hcp", "vacancies", 750, 6, [9, 6, 7], 2000],
    ["hcp", "surface", 700, 8, [9, 6, 7], 2000],
    ["fcc", "liquid", 980, 7, [7, 7, 7]],
  ],
  Fe: [
    ["bcc", "bulk", 1600, 11, [10, 10, 10], 2000],
    ["bcc", "vacancies", 1500, 12, [10, 10, 10], 2000],
    ["bcc", "surface", 1500, 13, [10, 10, 11], 2000],
    ["bcc", "boundary", 1450, 14, [4, 5, 9], 2000],
    ["fcc", "liquid", 1900, 15, [7, 7, 7]],
  ],
};

function boxesOf(element: Elements, rows: readonly Row[]): DefectBox[] {
  return rows.map(([cell, kind, temperature_K, seed, cells, steps = 1500]) => ({
    ...{ element, cell, kind, temperature_K, seed, cells, steps },
  }));
}

function classOf({ kind, cell }: DefectBox): string {
  return kind === "liquid" ? "liquid" : cell;
}

async function trainOn(element: Elements, boxes: readonly DefectBox[]) {
  const frames = [];
  for (const box of boxes) {
    const files = simulateDefects(box, RUNS);
    if (files === undefined) return undefined;
    frames.push({ label: classOf(box), frame: await onlyFrame(files.hot) });
  }
  const radii = automaticRadii(firstNeighbourDistance(frames.map(({ frame }) => frame)) ?? 0);
  const recipe = { ...radii, etas: 100, averageOver: "same-species" } as const;
  const collector = collectTrainingAtoms(recipe, [element], "1");
  for (const [k, { frame, label }] of frames.entries()) collector.add(frame, k, label);
  return createFrameClassifier(modelToDocument(collector.train(OPTIONS).model));
}

/** Sure and right of atoms in bins of their probability. */
interface Calibration {
  readonly sure: number[];
  readonly right: number[];
}

/** Sum over bins of |right - sure|, over all atoms: the expected calibration error. */
function calibrationError({ sure, right }: Calibration, atoms: number): number {
  return sure.reduce((sum, own, bin) => sum + Math.abs(own - right[bin]!), 0) / atoms;
}

function shareAt(places: readonly Place[], place: Place, isRight: (atom: number) => boolean) {
  const own = places.flatMap((at, a) => (at === place ? [a] : []));
  return { atoms: own.length, share: own.filter(isRight).length / own.length };
}

function peerLetters(files: readonly string[]): string[][] | undefined {
  const python = process.env["PEER_PYTHON"];
  if (python === undefined) return undefined;
  const { status, stdout, stderr } = spawnSync(
    python,
    [join(import.meta.dirname, "peers/ptm_peer.py")],
    { input: JSON.stringify({ files, rmsd: RMSD }), encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`OVITO failed: ${stderr.slice(-500)}`);
  return JSON.parse(stdout) as string[][];
}

/** One box: what share of its atoms at each place is called what they are. */
function report(
  box: DefectBox,
  places: readonly Place[],
  found: ClassifiedFrame,
  classes: readonly string[],
  peer: readonly string[] | undefined,
  calibration: Calibration,
): number {
  const truth = classOf(box);
  const isRight = (a: number): boolean => classes[found.classes[a]!] === truth;
  const letter = truth === "liquid" ? "o" : truth[0];
  let scored = 0;
  for (const [a, place] of places.entries()) {
    if (place === "defect") continue;
    scored++;
    const probability = found.probability[a]!;
    const bin = Math.min(BINS - 1, Math.floor(BINS * probability));
    calibration.sure[bin]! += probability;
    calibration.right[bin]! += isRight(a) ? 1 : 0;
  }
  for (const place of PLACES) {
    const own = shareAt(places, place, isRight);
    if (own.atoms === 0) continue;
    const theirs = (peer ?? []).map((letters) =>
      shareAt(places, place, (a) => letters[a] === letter).share.toFixed(3),
    );
    const unfamiliar = shareAt(places, place, (a) => found.unfamiliarity[a]! > 1).share;
    console.log(
      `${nameOf(box).padEnd(26)} ${place.padEnd(7)} ${String(own.atoms).padStart(5)} atoms: ${truth} ${own.share.toFixed(3)}, unfamiliar ${unfamiliar.toFixed(2)}; PTM ${theirs.join(" ") || "not run"}`,
    );
  }
  return scored;
}

export async function run(): Promise<void> {
  for (const element of ["Al", "Fe"] as const) {
    for (const isTaught of [false, true]) {
      const rows = [...TRAINING[element], ...(isTaught ? DEFECTS[element] : [])];
      const classifier = await trainOn(element, boxesOf(element, rows));
      const unseen = boxesOf(element, UNSEEN[element]);
      const files = unseen.map((box) => simulateDefects(box, RUNS));
      if (classifier === undefined || files.includes(undefined)) return console.log("no LAMMPS");
      console.log(
        `${element}, trained ${isTaught ? "also on cold vacancies" : "on perfect crystals"}; PTM with RMSD cutoffs ${RMSD.join(" ")}`,
      );
      const peers = peerLetters(files.map((own) => own!.hot));
      const bins = () => new Array<number>(BINS).fill(0);
      const calibration = { sure: bins(), right: bins() };
      let scored = 0;
      for (const [k, box] of unseen.entries()) {
        const places = placesOf(box, await onlyFrame(files[k]!.rest));
        const found = classifier.classify(await onlyFrame(files[k]!.hot));
        const { classes } = classifier.model;
        scored += report(box, places, found, classes, peers?.[k], calibration);
      }
      const error = calibrationError(calibration, scored);
      console.log(
        `${element}: expected calibration error ${error.toFixed(3)} over ${scored} atoms; load ${loadavg()[0]?.toFixed(0)}`,
      );
    }
  }
}

if (process.argv[1] === import.meta.filename) await run();
