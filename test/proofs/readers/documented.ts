import type { GeneratedFile } from "./spellings.ts";

/** A difference that a page names: what the file must have, what the difference looks like, and the page's words. */
interface Documented {
  readonly page: string;
  readonly words: string;
  readonly marks: RegExp;
  readonly difference: RegExp;
}

export const DOCUMENTED: readonly Documented[] = [
  {
    page: "docs/tables.md",
    words: "numbers; the unit is told",
    marks: /units|percent/,
    difference: /^column .*: \S+ here, \s*\S+ [K%]\s*there$/,
  },
  {
    page: "docs/interoperability.md",
    words: "a snapshot is shifted by the box's origin, or not, by whether `x` or `xs` was dumped",
    marks: /scaled/,
    difference: /^frame \d: positions /,
  },
  {
    page: "docs/interoperability.md",
    words: "`pbc`, `Lattice` or `Properties` behind an empty value is lost",
    marks: /comment empty=/,
    difference: /^frame \d: (?:periodic|cell|positions|species) /,
  },
  {
    page: "docs/interoperability.md",
    words: "the row behind a blank line loses an empty first cell",
    marks: /^old-mac-line-ends;.*blank-lines/,
    difference: /^column /,
  },
  {
    page: "docs/interoperability.md",
    words: "an XSF `SLAB` becomes periodic in three directions",
    marks: /slab|polymer/,
    difference: /^frame \d: periodic true,/,
  },
];

/** The words of the page that names all of these differences; `undefined` where none does. */
export function documentedDifference(
  file: GeneratedFile,
  differences: readonly string[],
): string | undefined {
  return DOCUMENTED.find(
    ({ marks, difference }) =>
      marks.test(file.marks.join("; ")) && differences.every((one) => difference.test(one)),
  )?.words;
}
