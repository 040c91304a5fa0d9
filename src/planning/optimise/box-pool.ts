import { LabError } from "../../core/errors.ts";
import { createPrng, type Prng } from "../../core/prng.ts";
import type { Candidate, Parameters } from "../../domain/candidate.ts";
import type { ProposalRequest } from "../../domain/proposal.ts";
import { latinHypercube, sobolPoints } from "../../numeric/low-discrepancy.ts";
import type { BoxAxes } from "./box-axes.ts";
import { type CandidatePool, poolOf } from "./candidate-pool.ts";
import type { DesignKind } from "./initial-design.ts";

/** Even points over the whole box, and points near each of the best results at three scales. */
const GLOBAL_POINTS = 2048;
const LOCAL_POINTS = 32;
const LOCAL_SCALES = [0.1, 0.03, 0.01];
/** After so many trials of one sequence the region that the input constraints leave counts as (nearly) empty. */
const TRIES_max = 65_536;
/** The same where each trial is moved onto equalities and steps, so that most are allowed. */
const SET_TRIES_max = 8192;

/** Allowed points of the box that spread evenly: the same sequence whatever the portions in which it is asked for. */
export function designParameters(
  axes: BoxAxes,
  kind: DesignKind,
  request: {
    readonly seed: string;
    readonly used: number;
    readonly count: number;
    /** Measured or in flight: looked at where points of the sequence can be equal. */
    readonly taken: readonly Parameters[];
  },
  total: number,
): Parameters[] {
  const { seed, used, count, taken } = request;
  const wanted = Math.max(total, used + count);
  const points = (length: number): Parameters[] =>
    allowedPoints(axes, kind, length, createPrng(`${seed}/design`));
  if (!axes.isStepped) return points(wanted).slice(used, used + count);
  const closed = new Set(taken.map((one) => keyOf(axes, one)));
  // Points that are one set point are one point of the design; what others took is passed over.
  for (let length = wanted; ; length *= 4) {
    const sequence = points(length);
    const distinct = [
      ...new Map(sequence.map((one) => [keyOf(axes, one), one] as const)).entries(),
    ];
    const open = distinct.slice(used).filter(([key]) => !closed.has(key));
    const others = distinct.slice(0, used).filter(([key]) => !closed.has(key));
    const isAll = length >= SET_TRIES_max || sequence.length < length || kind === "latin-hypercube";
    if (open.length >= count) return open.slice(0, count).map(([, one]) => one);
    if (isAll) return [...open, ...others].slice(0, count).map(([, one]) => one);
  }
}

/** Rows of a pool, one a place, where these points lie. */
export function rowsAt(
  axes: BoxAxes,
  { candidates, twinOf }: CandidatePool,
  points: readonly Pick<Candidate, "parameters">[],
): number[] {
  const keys = new Set(points.map(({ parameters }) => keyOf(axes, parameters)));
  return candidates.flatMap(({ parameters }, row) =>
    twinOf[row] === row && keys.has(keyOf(axes, parameters)) ? [row] : [],
  );
}

/** Equal for points that are one to the model. */
function keyOf(axes: BoxAxes, parameters: Parameters): string {
  return axes.encoding.encode(parameters)?.join() ?? JSON.stringify(parameters);
}

function allowedPoints(axes: BoxAxes, kind: DesignKind, wanted: number, prng: Prng): Parameters[] {
  const found: Parameters[] = [];
  const d = Math.max(1, axes.dimensions);
  const most = axes.isStepped ? SET_TRIES_max : TRIES_max;
  for (let count = wanted, tries = 0; found.length < wanted; tries++) {
    // A longer Sobol sequence begins like the shorter one: start over and keep the first allowed.
    const stream = prng.derive(String(kind === "sobol" ? 0 : tries));
    const unit =
      kind === "sobol"
        ? sobolPoints(count, d, stream)
        : kind === "random"
          ? Float64Array.from({ length: count * d }, () => stream.next())
          : latinHypercube(count, d, stream);
    if (kind === "sobol") found.length = 0;
    for (let i = 0; i < count && found.length < wanted; i++) {
      const parameters = axes.toParameters(unit.subarray(i * d, (i + 1) * d));
      if (axes.isAllowed(parameters)) found.push(parameters);
    }
    if (count >= most && found.length < wanted) {
      if (found.length > 0) return found;
      throw new LabError("TL-6003", "No point of the box satisfies the input constraints", {
        hint: "Loosen a constraint or widen an axis.",
      });
    }
    // As many as the share that was allowed asks for, with a reserve.
    const share = found.length / count;
    count = Math.min(most, Math.max(4 * count, Math.ceil((1.2 * wanted) / (share || 1))));
  }
  return found;
}

/** Even points over the box, then points near the best results; deterministic from the request. */
export function boxPoints(
  axes: BoxAxes,
  request: ProposalRequest,
  best: readonly Parameters[],
): Parameters[] {
  const prng = createPrng(`${request.seed}/${request.n}/box`);
  const points = allowedPoints(axes, "sobol", GLOBAL_POINTS, prng.derive("global"));
  return [...points, ...best.flatMap((centre) => neighbours(axes, centre, prng))];
}

export interface BoxPoolRequest {
  readonly axes: BoxAxes;
  readonly request: ProposalRequest;
  /** See {@link boxPoints}. */
  readonly points: readonly Parameters[];
  /** Every point that was measured. */
  readonly measured: readonly Parameters[];
  /** Points found by following the score's gradient. */
  readonly refined: readonly Parameters[];
}

/**
 * A finite pool that stands for the box at one request: its points, those in flight, and refined ones. Points equal to
 * measured ones are not allowed.
 */
export function createBoxPool({
  axes,
  request,
  points,
  measured,
  refined,
}: BoxPoolRequest): CandidatePool {
  const fresh = [...refined, ...points].map(
    (parameters, k): Candidate => ({ candidateId: `x${request.n}.${k}`, parameters }),
  );
  const candidates = [...request.pending, ...fresh];
  const pool = poolOf(candidates, axes.encoding);
  const taken = new Set(measured.map((parameters) => keyOf(axes, parameters)));
  fresh.forEach(({ parameters }, k) => {
    if (taken.has(keyOf(axes, parameters))) pool.allowed[request.pending.length + k] = 0;
  });
  return pool;
}

function neighbours(axes: BoxAxes, centre: Parameters, prng: Prng): Parameters[] {
  const unit = axes.toUnit(centre);
  const found: Parameters[] = [];
  for (const scale of LOCAL_SCALES) {
    for (let k = 0; k < LOCAL_POINTS; k++) {
      const moved = unit.map((u, a) => {
        // Steps below one integer or one category change nothing: such axes jump now and then.
        if (axes.isContinuous[a] === false && prng.next() < 0.2) return prng.next();
        return Math.min(1 - 1e-12, Math.max(0, u + scale * prng.normal()));
      });
      const parameters = axes.toParameters(moved);
      if (axes.isAllowed(parameters)) found.push(parameters);
    }
  }
  return found;
}
