/** A problem that one value alone does not show. */
export interface CrossProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}
