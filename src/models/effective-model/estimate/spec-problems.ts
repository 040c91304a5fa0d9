import { LabError } from "../../../core/errors.ts";
import { readBond, readBonds, readG } from "../forward/cluster-spec.ts";
import { type JsonObject, readChoice, readObject } from "../forward/spec-reader.ts";
import { readCoupling } from "./coupling-spec.ts";
import { readModelSpec, readSites } from "./estimation-spec.ts";
import { readCurve } from "./measured-curve.ts";

/** One thing wrong with a specification: where and what. */
export interface SpecProblem {
  /** Within the specification, e.g. `["bonds", 2, "i"]`; shortened to what the error names. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

type Check = () => unknown;

/** Sites that a bond may name while the number of spins itself is wrong. */
const ANY_SITE = 64;

/**
 * Every problem of a model's specification at once, for a person who corrects a file: parts are checked alone, and the
 * whole only when each part is sound.
 */
export function findSpecProblems(value: unknown): SpecProblem[] {
  const whole = attempt([], () => readObject(value, "spec"));
  if (whole.length > 0) return whole;
  const spec = value as JsonObject;
  const spins = attempt(["spins"], () => readSites(spec));
  const siteCount = spins.length > 0 ? ANY_SITE : readSites(spec).length;
  const siteSpins = spins.length > 0 ? [0.5] : readSites(spec);
  const parts = [
    ...spins,
    ...attempt(["g"], () => readG(spec)),
    ...attempt(["prior"], () => readChoice(spec["prior"] ?? "none", "prior", PRIORS)),
    ...bondProblems(spec["bonds"], "bonds", siteCount),
    ...list(spec["models"]).flatMap((model, k) =>
      bondProblems((model as JsonObject | null)?.["bonds"], `models[${k}].bonds`, siteCount),
    ),
    ...couplingProblems(spec),
    ...list(spec["curves"]).flatMap((curve, k) =>
      attempt(["curves", k], () =>
        readCurve(readObject(curve, `curves[${k}]`), `curves[${k}]`, siteSpins),
      ),
    ),
  ];
  return parts.length > 0 ? parts : attempt([], () => readModelSpec(spec));
}

const PRIORS = ["none", "L1", "L2"] as const;

function bondProblems(value: unknown, path: string, siteCount: number): SpecProblem[] {
  const each = list(value).flatMap((bond, k) => {
    const at = `${path}[${k}]`;
    return attempt(pathOf(at), () => readBond(readObject(bond, at), at, siteCount, "coupling"));
  });
  if (each.length > 0 || value === undefined) return each;
  // whether sites are connected cannot be told while their number is wrong
  if (siteCount === ANY_SITE) return [];
  return attempt(pathOf(path), () => readBonds(value, path, siteCount, "coupling"));
}

function couplingProblems(spec: JsonObject): SpecProblem[] {
  const whole = attempt(["couplings"], () => readObject(spec["couplings"], "couplings"));
  if (whole.length > 0) return whole;
  const couplings = spec["couplings"] as JsonObject;
  const used = [spec["bonds"], ...list(spec["models"]).map((m) => (m as JsonObject)?.["bonds"])]
    .flatMap(list)
    .flatMap((bond) => [(bond as JsonObject)?.["coupling"], (bond as JsonObject)?.["zCoupling"]])
    .filter((name): name is string => typeof name === "string" && name !== "");
  return [
    ...Object.entries(couplings).flatMap(([name, entry]) =>
      attempt(["couplings", name], () =>
        readCoupling(name, readObject(entry, `couplings.${name}`), "none"),
      ),
    ),
    ...[...new Set(used)]
      .filter((name) => !Object.hasOwn(couplings, name))
      .map((name) => ({
        path: ["couplings"],
        text: `TL-8002: couplings.${name} is missing, but bonds use it. Add {"min", "max"} in meV.`,
      })),
  ];
}

/** The entries of a list; of anything else none, which its own check reports. */
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function attempt(path: SpecProblem["path"], check: Check): SpecProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [describeProblem(error, path)];
  }
}

/** The problem with the place that its message begins with, where it names one. */
function describeProblem(error: LabError, path: SpecProblem["path"]): SpecProblem {
  const [start = ""] = /^[A-Za-z_]\w*(?:\.\w+|\[\d+\])+/.exec(error.message) ?? [];
  const named = pathOf(start);
  return {
    path: named[0] === path[0] || path.length === 0 ? named : path,
    text: error.toLine(),
  };
}

/** `bonds[2].i` -> `["bonds", 2, "i"]`. */
function pathOf(text: string): (string | number)[] {
  return [...text.matchAll(/\w+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}
