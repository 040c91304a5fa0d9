import { misuse } from "../../../core/errors.ts";
import {
  CLASSICAL_SITES_MAX,
  orderAlongChain,
  refuseTooCold,
} from "../forward/classical-forward.ts";
import { refuseBeyondSampling } from "../forward/cluster-cost.ts";
import {
  checkUnits,
  readBonds,
  readG,
  readSiteSpins,
  type SpecBond,
} from "../forward/cluster-spec.ts";
import {
  type JsonObject,
  listUnknownFields,
  readArray,
  readChoice,
  readInteger,
  readNumber,
  readNumbers,
  readObject,
  readText,
} from "../forward/spec-reader.ts";
import type { CouplingSpec, PriorKind } from "./coupling-spec.ts";
import { readCouplings } from "./coupling-spec.ts";
import { type MeasuredCurve, readCurves } from "./measured-curve.ts";

/** One candidate structure: a name and its bonds. */
export interface CandidateModel {
  readonly name: string;
  readonly bonds: readonly SpecBond[];
}

/** A checked request for an estimation. */
export interface EstimationSpec {
  /** Unit vectors on an open chain or a ring instead of quantum spins; `siteSpins` are then 1. */
  readonly isClassical: boolean;
  readonly siteSpins: readonly number[];
  readonly g: number;
  /** The model to estimate first, then those to compare it with. */
  readonly models: readonly CandidateModel[];
  readonly couplings: ReadonlyMap<string, CouplingSpec>;
  readonly curves: readonly MeasuredCurve[];
  readonly prior: PriorKind;
  /** Strength of the prior; absent: from the elbow. */
  readonly lambda: number | undefined;
  readonly seed: string;
  /** Points at which posterior bands are wanted besides the data. */
  readonly predict: {
    readonly temperatures_K: readonly number[];
    readonly fields_T: readonly number[];
  };
  /** Whether every forward calculation is made, or a few hundred from which the others are foretold. */
  readonly calculations: CalculationKind;
  /** How the global search chooses the starts of its descents. */
  readonly search: ScreenKind;
  readonly effort: EstimationEffort;
  readonly warnings: readonly string[];
}

/** `auto`: direct where tens of thousands of calculations are affordable. */
export type CalculationKind = "auto" | "direct" | "emulated";

/** How a search starts. */
export type ScreenKind = "space-filling" | "surrogate";

/** How much is spent; the defaults serve up to ten couplings. */
export interface EstimationEffort {
  /** Sweeps of exchange Monte Carlo over the ladder. */
  readonly sweeps: number;
  /** Steps of each final chain. */
  readonly samples: number;
  /** Independent searches: the second is an insurance against the few percent that one misses. */
  readonly searchRounds: number;
}

const FIELDS = [
  ...["spins", "spin", "g", "bonds", "couplings", "curves", "prior", "lambda", "seed", "models"],
  ...[
    "predict",
    "calculations",
    "search",
    "sweeps",
    "samples",
    "name",
    "title",
    "comment",
    "units",
  ],
];

/** Reads and checks an estimation specification; every error comes before any work. */
export function readEstimationSpec(value: unknown): EstimationSpec {
  const spec = readObject(value, "the specification");
  const base = readModelSpec(spec);
  const curves = readCurves(spec["curves"], base.siteSpins);
  refuseTooFewPoints(base, curves);
  if (base.isClassical) refuseFrozen(base, curves);
  return { ...base, curves };
}

/** Everything but the curves: what a campaign knows before its first measurement. */
export function readModelSpec(spec: JsonObject): Omit<EstimationSpec, "curves"> {
  checkUnits(spec);
  const isClassical = spec["spin"] === "classical";
  const siteSpins = readSites(spec);
  const prior = readPrior(spec["prior"] ?? "none", "prior");
  const models = readModels(spec, siteSpins.length);
  const couplings = readCouplings(readObject(spec["couplings"], "couplings"), prior);
  const warnings = listUnknownFields(spec, FIELDS, "");
  const used = new Set<string>();
  for (const model of models) {
    const isotropic = model.bonds.every((bond) => bond.delta === 1 && bond.zCoupling === undefined);
    if (isClassical) refuseNoChain(model, siteSpins.length);
    else refuseBeyondSampling(siteSpins, couplings.size, isotropic);
    for (const name of namesOf(model)) {
      used.add(name);
      if (!couplings.has(name))
        throw misuse(
          "TL-8002",
          `couplings.${name} is missing, but bonds use it`,
          'Add {"min", "max"} in meV.',
        );
    }
  }
  for (const { tiedTo } of couplings.values()) if (tiedTo !== undefined) used.add(tiedTo);
  for (const name of couplings.keys()) {
    if (!used.has(name)) warnings.push(`couplings.${name} is used by no bond and had no effect.`);
  }
  return {
    isClassical,
    siteSpins,
    g: readG(spec),
    models,
    couplings,
    prior,
    lambda: spec["lambda"] === undefined ? undefined : readPositive(spec["lambda"], "lambda"),
    seed: String(spec["seed"] ?? 1),
    predict: readPredict(spec["predict"]),
    calculations: readChoice(spec["calculations"] ?? "auto", "calculations", [
      ...["auto" as const, "direct" as const, "emulated" as const],
    ]),
    search: readChoice(spec["search"] ?? "space-filling", "search", ["space-filling", "surrogate"]),
    effort: {
      sweeps: readInteger(spec["sweeps"] ?? 1600, "sweeps", 100),
      samples: readInteger(spec["samples"] ?? 1500, "samples", 50),
      searchRounds: 2,
    },
    warnings,
  };
}

/** Spin quantum numbers; 1 for each site of classical unit vectors. */
export function readSites(spec: JsonObject): number[] {
  if (spec["spin"] !== "classical") return readSiteSpins(spec);
  const count = readInteger(spec["spins"], "spins", 2);
  if (count > CLASSICAL_SITES_MAX)
    throw misuse("TL-8005", `${count} classical spins are more than ${CLASSICAL_SITES_MAX}`);
  return new Array<number>(count).fill(1);
}

function refuseNoChain(model: CandidateModel, siteCount: number): void {
  const zBond = model.bonds.find((bond) => bond.zCoupling !== undefined);
  if (zBond !== undefined)
    throw misuse("TL-8003", "classical chains are isotropic here", "Leave out zCoupling.");
  orderAlongChain(model.bonds, siteCount);
}

/** Classical spins have no low-temperature limit that the quadrature could resolve. */
function refuseFrozen(
  spec: Omit<EstimationSpec, "curves">,
  curves: readonly MeasuredCurve[],
): void {
  const bounds = [...spec.couplings.values()].flatMap(({ min_meV, max_meV, factor = 1 }) =>
    [min_meV, max_meV].map((J) => factor * J),
  );
  const temperatures = curves.flatMap((curve) => curve.points.map((point) => point.temperature_K));
  refuseTooCold(bounds, temperatures);
}

/** Names of the couplings that a model's bonds use. */
export function namesOf(model: CandidateModel): string[] {
  const names = model.bonds.flatMap(({ coupling, zCoupling }) =>
    [coupling, zCoupling].filter((name) => name !== undefined),
  );
  return [...new Set(names)];
}

function readPrior(value: unknown, path: string): PriorKind {
  return readChoice(value, path, ["none", "L1", "L2"]);
}

function readModels(spec: JsonObject, siteCount: number): CandidateModel[] {
  const models: CandidateModel[] = [];
  if (spec["bonds"] !== undefined)
    models.push({ name: "bonds", bonds: readBonds(spec["bonds"], "bonds", siteCount, "coupling") });
  const others = spec["models"] === undefined ? [] : readArray(spec["models"], "models");
  others.forEach((entry, k) => {
    const object = readObject(entry, `models[${k}]`);
    const name = readText(object["name"], `models[${k}].name`);
    if (models.some((model) => model.name === name))
      throw misuse("TL-8002", `models[${k}].name "${name}" occurs twice`);
    const bonds = readBonds(object["bonds"], `models[${k}].bonds`, siteCount, "coupling");
    models.push({ name, bonds });
  });
  if (models.length === 0) throw misuse("TL-8002", "bonds is missing");
  return models;
}

function readPositive(value: unknown, path: string): number {
  const number = readNumber(value, path);
  if (number < 0) throw misuse("TL-8002", `${path} must not be negative, got ${number}`);
  return number;
}

function readPredict(value: unknown): EstimationSpec["predict"] {
  if (value === undefined) return { temperatures_K: [], fields_T: [] };
  const object = readObject(value, "predict");
  return {
    temperatures_K: readNumbers(object["T"], "predict.T"),
    fields_T: readNumbers(object["H"] ?? 0, "predict.H"),
  };
}

function refuseTooFewPoints(
  spec: Omit<EstimationSpec, "curves">,
  curves: readonly MeasuredCurve[],
): void {
  const points = curves.reduce((sum, curve) => sum + curve.points.length, 0);
  for (const model of spec.models) {
    const free = namesOf(model).filter((name) => {
      const coupling = spec.couplings.get(name);
      return coupling?.fixed_meV === undefined && coupling?.tiedTo === undefined;
    });
    if (points <= free.length)
      throw misuse(
        "TL-8007",
        `${points} measured values cannot determine ${free.length} free couplings (${free.join(", ")})`,
      );
  }
}
