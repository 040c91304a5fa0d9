/** Results that cannot all be right: `owner` is doubted, and where the conflict is mutual those `against` it too. */
export interface Conflict {
  readonly kind: ConflictKind;
  readonly owner: number;
  /** Results that speak against it; may be empty where it is all of them together. */
  readonly against: readonly number[];
  /** What the map says in its place, where no single result says it. */
  readonly expected?: string | undefined;
}

export type ConflictKind =
  | "crossing"
  | "inside-triangle"
  | "same-place"
  | "repeat"
  | "refused"
  | "inside-simplex"
  | "around";
