import type { NoisyEvidence, NoisyLine, NoisyTriangle } from "./noisy-evidence.ts";
import { type PhaseKind, snapToKind } from "./phase-kinds.ts";
import { add, distance, dot, limited, subtract, type Vec } from "./plane.ts";

/** A tie-line is moved at most so many standard deviations to pass through its sample. */
const SHIFT_MAX = 3;
/** A three-phase sample lies at least this far (barycentric weight) inside its triangle. */
const INSIDE_MIN = 0.01;
const PASSES = 3;

/**
 * Moves each tie-line so that it passes through its sample, which is known exactly: the least-squares shift across the line,
 * shared between the ends by the lever rule; ends at points stay, ends on lines slide.
 */
export function passThroughSamples(
  evidence: NoisyEvidence,
  kinds: ReadonlyMap<string, PhaseKind>,
  sigma: number,
): void {
  for (const line of evidence.lines) {
    if (line.edges !== 0) continue; // on a binary edge every tie-line passes through its sample
    const start = line.ends;
    for (let pass = 0; pass < PASSES; pass++) moveOntoSample(line, kinds);
    line.ends = line.ends.map((end, k) =>
      add(start[k]!, limited(subtract(end, start[k]!), SHIFT_MAX * sigma)),
    );
  }
}

function moveOntoSample(line: NoisyLine, kinds: ReadonlyMap<string, PhaseKind>): void {
  const [a, b] = line.ends as [Vec, Vec];
  const length = distance(a, b);
  if (length < 1e-9) return;
  const along: Vec = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const normal: Vec = [-along[1], along[0]];
  const offset = dot(subtract(line.ats[0]!, a), normal);
  const lever = Math.min(1, Math.max(0, dot(subtract(line.ats[0]!, a), along) / length));
  const factors = [1 - lever, lever].map((f, k) =>
    kinds.get(line.keys[k]!)?.kind === "point" ? 0 : f,
  );
  const q = factors[0]! ** 2 + factors[1]! ** 2;
  if (q < 1e-9) return;
  line.ends = line.ends.map((end, k) =>
    snapToKind(add(end, normal, (offset * factors[k]!) / q), kinds.get(line.keys[k]!)),
  );
}

/** Moves the sides of each triangle past the samples that were measured to lie inside it; points stay. */
export function holdSamplesInside(
  triangles: readonly NoisyTriangle[],
  kinds: ReadonlyMap<string, PhaseKind>,
  sigma: number,
): void {
  for (const triangle of triangles) {
    const start = triangle.ends;
    for (let pass = 0; pass < PASSES; pass++)
      for (const at of triangle.ats)
        for (let k = 0; k < 3; k++) moveSide(triangle, at, { corner: k, kinds });
    triangle.ends = triangle.ends.map((end, k) =>
      add(start[k]!, limited(subtract(end, start[k]!), 2 * sigma)),
    );
  }
}

function moveSide(
  triangle: NoisyTriangle,
  at: Vec,
  { corner, kinds }: { corner: number; kinds: ReadonlyMap<string, PhaseKind> },
): void {
  const c = triangle.ends[corner]!;
  const [ka, kb] = [(corner + 1) % 3, (corner + 2) % 3];
  const [a, b] = [triangle.ends[ka]!, triangle.ends[kb]!];
  const length = distance(a, b);
  if (length < 1e-9) return;
  const along: Vec = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  let normal: Vec = [-along[1], along[0]];
  let height = dot(subtract(c, a), normal);
  if (height < 0) {
    normal = [-normal[0], -normal[1]];
    height = -height;
  }
  const offset = dot(subtract(at, a), normal) - INSIDE_MIN * height;
  if (offset >= 0) return;
  const lever = Math.min(1, Math.max(0, dot(subtract(at, a), along) / length));
  const factors = [1 - lever, lever].map((f, k) =>
    kinds.get(triangle.keys[k === 0 ? ka : kb]!)?.kind === "point" ? 0 : f,
  );
  const q = factors[0]! ** 2 + factors[1]! ** 2;
  if (q < 1e-9) return;
  triangle.ends[ka] = add(a, normal, (offset * factors[0]!) / q);
  triangle.ends[kb] = add(b, normal, (offset * factors[1]!) / q);
}
