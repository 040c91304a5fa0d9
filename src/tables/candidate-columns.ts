import type { Candidate } from "../domain/candidate.ts";

/** Candidates by column: a fifth of the bytes of rows, and typed arrays for the page. */
export function candidateColumns(candidates: readonly Candidate[]): {
  readonly count: number;
  /** Absent where the ids are c0, c1, c2 ... */
  readonly ids?: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | string | null)[]>>;
} {
  const names = [...new Set(candidates.flatMap((candidate) => Object.keys(candidate.parameters)))];
  const columns = Object.fromEntries(
    names.map((name) => [name, candidates.map((c) => c.parameters[name] ?? null)]),
  );
  const inOrder = candidates.every((candidate, k) => candidate.candidateId === `c${k}`);
  return {
    count: candidates.length,
    ...(inOrder ? {} : { ids: candidates.map((candidate) => candidate.candidateId) }),
    columns,
  };
}
