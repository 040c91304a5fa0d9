import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createPrng } from "../../src/core/prng.ts";
import type { MapGrid, MapModel, PhaseEvidence } from "../../src/models/phase-diagram/map-model.ts";

/** One true section: candidates, true labels, true tie-line ends. */
export interface TrueSection {
  readonly name: string;
  readonly grid: MapGrid;
  readonly labels: readonly string[];
  readonly ends: readonly (readonly { phase: string; composition: number[] }[])[];
}

export interface CampaignOptions {
  readonly seed: number;
  readonly budget: number;
  readonly batch?: number;
  readonly noise?: number;
  readonly missing?: number;
  readonly stopAtF1?: number;
}

export interface CampaignCurve {
  readonly samples: number[];
  readonly f1: number[];
  readonly warnings: readonly string[];
  /** Learning the last results, the map and the choice of the next points together. */
  readonly proposal_ms: number[];
}

const DATA = [join(import.meta.dirname, "../../../shared/data/phase-diagrams")].find(existsSync);

/** Reads one CSV section of the shared data. */
export function loadSection(name: string): TrueSection {
  const text = readFileSync(
    name.startsWith("/") ? name : join(DATA ?? ".", `${name}.csv`),
    "utf8",
  ).trim();
  const [header = "", ...lines] = text.split("\n");
  const column = new Map(header.split(",").map((title, k) => [title.trim(), k]));
  const rows = lines.map((line) => line.split(","));
  const at = (row: string[], title: string): string => row[column.get(title) ?? -1]?.trim() ?? "";
  const axes = ["x_A", "x_B", "x_C"];
  const values = Float64Array.from(
    rows.flatMap((row) => axes.map((axis) => Number(at(row, axis)))),
  );
  return {
    name,
    labels: rows.map((row) => at(row, "phases")),
    ends: rows.map((row) =>
      [1, 2, 3].flatMap((k) => {
        const phase = at(row, `phase_${k}`);
        if (phase === "") return [];
        return [{ phase, composition: ["A", "B", "C"].map((x) => Number(at(row, `x_${k}_${x}`))) }];
      }),
    ),
    grid: {
      count: rows.length,
      axes,
      values,
      components: [0, 1, 2],
      wholeAmount: 1,
      points: new Float64Array(0),
      dimension: 2,
    },
  };
}

/** Plays a campaign from the three corners; macro-F1 over all true labels after each batch. */
export function playCampaign(
  truth: TrueSection,
  model: MapModel,
  options: CampaignOptions,
): CampaignCurve {
  const prng = createPrng(`campaign ${options.seed}`);
  const { count, values } = truth.grid;
  let id = -3;
  for (let i = 0; i < count; i++) {
    if (Math.max(...values.subarray(3 * i, 3 * i + 3)) === 1)
      model.observe({ ...evidenceAt(truth, i, id++), known: true });
  }
  const measured = new Set<number>();
  const curve: CampaignCurve = { samples: [], f1: [], warnings: [], proposal_ms: [] };
  for (let n = 0; measured.size < options.budget; n++) {
    const began = performance.now();
    const points = model.rank({
      count: Math.min(options.batch ?? 1, options.budget - measured.size),
      pending: [],
      pendingElsewhere: [],
      excluded: new Set(),
      seed: `${options.seed}/${n}`,
    });
    const rank_ms = performance.now() - began;
    if (points.length === 0) break;
    let learn_ms = 0;
    for (const point of points) {
      measured.add(point.candidate);
      const evidence = evidenceAt(truth, point.candidate, measured.size);
      const blurred = blur(evidence, prng, options);
      const begun = performance.now();
      model.observe(blurred);
      learn_ms += performance.now() - begun;
    }
    const begun = performance.now();
    model.predict();
    curve.proposal_ms.push(rank_ms + learn_ms + performance.now() - begun);
    curve.samples.push(measured.size);
    curve.f1.push(macroF1(truth, model));
    if ((curve.f1.at(-1) ?? 0) >= (options.stopAtF1 ?? 2)) break;
  }
  return { ...curve, warnings: model.status().warnings };
}

/** First number of samples at which the curve reaches a level; NaN where it does not. */
export function samplesTo(curve: CampaignCurve, level: number): number {
  return curve.samples[curve.f1.findIndex((f1) => f1 >= level)] ?? Number.NaN;
}

export function macroF1(truth: TrueSection, model: MapModel): number {
  const { labels, label } = model.predict();
  const counts = new Map<string, [number, number, number]>();
  const of = (name: string): [number, number, number] => {
    let entry = counts.get(name);
    if (entry === undefined) {
      entry = [0, 0, 0];
      counts.set(name, entry);
    }
    return entry;
  };
  truth.labels.forEach((name, i) => {
    const guess = labels[label[i] ?? -1] ?? "";
    of(name)[0]++;
    of(guess)[1]++;
    if (guess === name) of(name)[2]++;
  });
  const scores = [...new Set(truth.labels)].map((name) => {
    const [actual, guessed, right] = of(name);
    return (2 * right) / (actual + guessed);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function evidenceAt(truth: TrueSection, candidate: number, id: number): PhaseEvidence {
  const ends = truth.ends[candidate] ?? [];
  return {
    id,
    candidate,
    phases: ends.map((end) => end.phase),
    ends,
    confidence: 1,
    known: false,
  };
}

type Random = ReturnType<typeof createPrng>;

function blur(evidence: PhaseEvidence, prng: Random, options: CampaignOptions): PhaseEvidence {
  const several = evidence.phases.length > 1;
  if (several && options.missing && prng.next() < options.missing)
    return { ...evidence, ends: undefined };
  if (!several || !options.noise || evidence.ends === undefined) return evidence;
  const noise = options.noise;
  return {
    ...evidence,
    ends: evidence.ends.map((end) => {
      const noisy = end.composition.map((x) => Math.max(0, x + noise * prng.normal()));
      const sum = noisy.reduce((a, b) => a + b, 0);
      return { ...end, composition: noisy.map((x) => x / sum) };
    }),
  };
}
