import { LabError } from "../../core/errors.ts";
import type { Candidate } from "../../domain/candidate.ts";
import { listCandidates } from "../../domain/candidates.ts";
import type { InputConstraint, OptimiseSettings } from "../../domain/goal-settings.ts";
import type { SearchSpace } from "../../domain/search-space.ts";
import type { Inputs } from "../../models/optimise/kernel.ts";
import { createInputEncoding, describeInputs, type InputEncoding } from "./input-encoding.ts";

/** The candidates as arrays, and what is known of each before any measurement. */
export interface CandidatePool {
  readonly candidates: readonly Candidate[];
  readonly encoding: InputEncoding;
  readonly inputs: Inputs;
  readonly rowOf: ReadonlyMap<string, number>;
  /** 1 where the candidate may be proposed: inputs complete, input constraints hold. */
  readonly allowed: Uint8Array;
  /** The first row with the same inputs: measuring one of them measures all. */
  readonly twinOf: Int32Array;
  /** ln cost of each candidate, 0 without a cost column. */
  readonly logCost: Float64Array;
  /** Columns of mole fractions that sum to 1 and reach from 0 to 1, if any. */
  readonly simplex: readonly number[];
  readonly warnings: readonly string[];
}

/** Lists and encodes the candidates of a discrete space. Problems of single rows become warnings. */
export function createCandidatePool(space: SearchSpace, settings: OptimiseSettings): CandidatePool {
  const candidates = listCandidates(space);
  const first = candidates.at(0);
  if (first === undefined)
    throw new LabError("TL-6003", "There is no candidate", { hint: "Give a table with rows." });
  const names = settings.inputs ?? Object.keys(first.parameters).filter((n) => n !== settings.cost);
  for (const name of names) {
    if (!(name in first.parameters))
      throw new LabError("TL-6003", `There is no column ${name} among the candidates`);
  }
  const encoding = createInputEncoding(
    describeInputs(
      candidates.map((c) => c.parameters),
      names,
      settings.logInputs,
    ),
  );
  const warnings = encoding.constant.map(
    (name) => `Column ${name} has the same value everywhere and is left out of the model.`,
  );
  const { inputs, allowed, twinOf, incomplete } = encodeAll(candidates, encoding);
  if (incomplete > 0)
    warnings.push(`${incomplete} candidates with missing or infinite inputs are never proposed.`);
  applyInputConstraints(candidates, settings.inputConstraints ?? [], allowed);
  const logCost = costs(candidates, settings.cost, allowed, warnings);
  const rowOf = new Map(candidates.map((c, row) => [c.candidateId, row]));
  const simplex = simplexColumns(space, encoding);
  return { candidates, encoding, inputs, rowOf, allowed, twinOf, logCost, simplex, warnings };
}

/** A pool of listed points without cost or warnings: what stands for a continuous space at one request. */
export function poolOf(candidates: readonly Candidate[], encoding: InputEncoding): CandidatePool {
  const { inputs, allowed, twinOf } = encodeAll(candidates, encoding);
  return {
    candidates,
    encoding,
    inputs,
    rowOf: new Map(candidates.map((c, row) => [c.candidateId, row])),
    allowed,
    twinOf,
    logCost: new Float64Array(candidates.length),
    simplex: [],
    warnings: encoding.constant.map((name) => `Axis ${name} has one value only.`),
  };
}

function encodeAll(
  candidates: readonly Candidate[],
  encoding: InputEncoding,
): { inputs: Inputs; allowed: Uint8Array; twinOf: Int32Array; incomplete: number } {
  const count = candidates.length;
  const columns = encoding.groups.length;
  const values = new Float64Array(columns * count);
  const allowed = new Uint8Array(count).fill(1);
  const twinOf = new Int32Array(count);
  const seen = new Map<string, number>();
  let incomplete = 0;
  candidates.forEach((candidate, n) => {
    const x = encoding.encode(candidate.parameters);
    twinOf[n] = n;
    if (x === undefined) {
      allowed[n] = 0;
      incomplete++;
      return;
    }
    for (let c = 0; c < columns; c++) values[c * count + n] = x[c] ?? 0;
    const key = x.join();
    const twin = seen.get(key);
    if (twin === undefined) seen.set(key, n);
    else twinOf[n] = twin;
  });
  return { inputs: { count, columns, values }, allowed, twinOf, incomplete };
}

function applyInputConstraints(
  candidates: readonly Candidate[],
  constraints: readonly InputConstraint[],
  allowed: Uint8Array,
): void {
  if (constraints.length === 0) return;
  candidates.forEach(({ parameters }, n) => {
    if (!constraints.every((constraint) => satisfies(parameters, constraint))) allowed[n] = 0;
  });
}

/** True where the linear combination lies within its limits, with a tolerance for rounding of the grid. */
export function satisfies(
  parameters: Readonly<Record<string, number | string>>,
  { coefficients, min, max, tolerance = 0 }: InputConstraint,
): boolean {
  let sum = 0;
  let size = 0;
  for (const [name, factor] of Object.entries(coefficients)) {
    const term = factor * Number(parameters[name]);
    sum += term;
    size = Math.max(size, Math.abs(term));
  }
  const slack = Math.max(tolerance, 1e-9 * size);
  return (
    sum >= (min ?? Number.NEGATIVE_INFINITY) - slack &&
    sum <= (max ?? Number.POSITIVE_INFINITY) + slack
  );
}

function costs(
  candidates: readonly Candidate[],
  column: string | undefined,
  allowed: Uint8Array,
  warnings: string[],
): Float64Array {
  const out = new Float64Array(candidates.length);
  if (column === undefined) return out;
  let bad = 0;
  candidates.forEach(({ parameters }, n) => {
    const cost = Number(parameters[column] ?? Number.NaN);
    if (cost > 0 && Number.isFinite(cost)) {
      out[n] = Math.log(cost);
    } else {
      allowed[n] = 0;
      bad++;
    }
  });
  if (bad > 0)
    warnings.push(`${bad} candidates without a positive cost in ${column} are never proposed.`);
  return out;
}

function simplexColumns(space: SearchSpace, encoding: InputEncoding): number[] {
  const components =
    space.kind === "simplex-grid"
      ? space.components
      : space.kind === "table"
        ? (space.components ?? [])
        : [];
  const columns = components.flatMap((name) => {
    const g = encoding.inputs.findIndex(
      (input) =>
        input.name === name && input.kind === "numeric" && input.min === 0 && input.max === 1,
    );
    return g < 0 ? [] : [encoding.groups.indexOf(g)];
  });
  return columns.length === components.length ? columns : [];
}
