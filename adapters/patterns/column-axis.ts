import { LabError } from "../../src/core/errors.ts";
import type { PatternAxis } from "../../src/models/diffraction/pattern.ts";

/** The axis that a column's name means, and the factor to our unit. */
export interface NamedAxis {
  readonly axis: PatternAxis;
  readonly scale: number;
}

type Name = readonly [RegExp, PatternAxis, number];

/** Names with their units, whole: `q_A^-1`, `2theta (rad)`, `Q (inverse nm)`. */
const WHOLE: readonly Name[] = [
  [/^(?:2|two)_?-?(?:theta|th|θ)_?(?:angle)?_?(?:deg(?:rees)?|°)?$/, "twoTheta_deg", 1],
  [/^(?:2|two)_?-?(?:theta|th|θ)_?(?:angle)?_?rad(?:ians?)?$/, "twoTheta_deg", 180 / Math.PI],
  [/^[qs]?_?(?:per_nm|nm\^?-1|1\/nm|inversenm)$/, "Q_per_nm", 1],
  [/^q_?(?:per_|1\/|inverse)?(?:a|å|angstroms?)(?:\^?-1)?$/, "Q_per_nm", 10],
  [/^d_?(?:a|å|angstroms?|spacing)$/, "d_A", 1],
  [/^d_?nm$/, "d_A", 10],
];
/** Beginnings that are enough within one word. */
const BEGINNINGS: readonly Name[] = [
  [/^q_?(?:per_)?nm/, "Q_per_nm", 1],
  [/^(?:2|two)_?-?(?:theta|th|θ)(?!.*rad)/, "twoTheta_deg", 1],
];
/** Letters that are a name only where they stand first: in prose they are anything. */
const LETTERS: ReadonlyMap<string, NamedAxis> = new Map([
  ["q", { axis: "Q_per_nm", scale: 10 }],
  ["d", { axis: "d_A", scale: 1 }],
]);
/** Words of one title at most: "Q (inverse nm)". */
const WORDS_MAX = 3;

/** Other axes as pyFAI names them (its `units`): r_mm, chi_deg, d*2_A^-2, log10(q.m)_None. */
const OTHER =
  /^(?:[rd]|d\*2|(?:q|chi)\w+|chi|\w+_angle\w*|(?:log\w*|arcsinh)\(.*\))_(?:mm|m|rad|deg|nm\^-[12]|a\^-[12]|none)$/;
/** A template that was never filled in (finding `pyfai-errors-lose-the-axis`). */
const TEMPLATE = /^\{.*\}$/;
/** diffpy.utils' `DiffractionObject.dump`: Q, two theta or d, and nothing in the file says which. */
const UNSAID = "[diffractionobject]";

/** The axis that the words of a head name, in lower case; `undefined` where they name none. */
export function axisOf(head: readonly string[]): NamedAxis | undefined {
  for (const [k, word] of head.entries()) {
    for (let n = WORDS_MAX; n > 0; n--) {
      const found = nameIn(WHOLE, head.slice(k, k + n).join(""));
      if (found !== undefined) return found;
    }
    const found = nameIn(BEGINNINGS, word);
    if (found !== undefined) return found;
  }
  return LETTERS.get(head[0] ?? "");
}

/** Whether the words are the head of columns whose first is none of ours. */
export function isOtherAxis([first = ""]: readonly string[]): boolean {
  return first === UNSAID || TEMPLATE.test(first) || OTHER.test(first);
}

/** TL-7103 where the head says that the first column is neither two theta, Q nor d, or does not say what it is. */
export function refuseOtherAxis(head: readonly string[]): void {
  const [first = ""] = head;
  if (TEMPLATE.test(first))
    throw new LabError("TL-7103", `its head has the template ${first} where the axis is named`, {
      hint: "pyFAI 2026.9 writes it where errors are asked for: put the unit that you integrated in there, such as q_nm^-1 or 2th_deg.",
    });
  if (first === UNSAID)
    throw new LabError(
      "TL-7103",
      "diffpy.utils wrote it without a word on what its first column is",
      {
        hint: "Put a line above the numbers that says what was dumped: # Q_per_A, # 2theta or # d_angstrom.",
      },
    );
  if (axisOf(head) === undefined && OTHER.test(first))
    throw new LabError("TL-7103", `its first column is ${first}: neither two theta, Q nor d`, {
      hint: "Integrate again in 2th_deg, q_nm^-1 or q_A^-1.",
    });
}

function nameIn(names: readonly Name[], words: string): NamedAxis | undefined {
  const bare = words.replace(/[\s()[\]°]/g, "");
  const found = names.find(([pattern]) => pattern.test(bare));
  return found && { axis: found[1], scale: found[2] };
}
