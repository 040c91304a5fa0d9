/**
 * Two results that cannot both be right: tie-lines that cross, another label inside a known tie-triangle, two phases at one
 * composition, or two measurements of one sample that disagree. `owner` came later than `against`.
 */
export interface Conflict {
  readonly kind: "crossing" | "inside-triangle" | "same-place" | "repeat";
  readonly owner: number;
  readonly against: readonly number[];
}
