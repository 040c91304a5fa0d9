/** How names are shown to people: of a phase, of a label (`A+B`), and of the phases that a sentence names. */
export interface Namer {
  phase(id: string): string;
  label(label: string): string;
  /** A sentence of a planner, with its known phases as people call them. */
  sentence(text: string): string;
}

/**
 * Names for people; ids stay what log, tables and programs have. `names` (of the configuration) goes before the rules: names of Greek letters become
 * letters (`TAU` is τ, `gamma_1` γ 1), formulas get subscripts (`Ca3Al2`, and in capitals where all elements are among `components`:
 * `MG2ZN11` is Mg₂Zn₁₁). Names of which a rule changes nothing stay as they are (`FCC_A1`, `LAVES_C14`, `Fd-3m`).
 */
export function createNamer(about: {
  readonly names?: Readonly<Record<string, string>> | undefined;
  /** Chemical elements of the campaign, as its components or axes name them (`Al`, `x_Al`). */
  readonly components?: readonly string[] | undefined;
  /** Phases that sentences may name. */
  readonly phases?: Iterable<string> | undefined;
}): Namer {
  const { names = {}, components = [] } = about;
  const elements = new Map(
    components
      .map((one) => one.replace(/^x_/, ""))
      .filter((one) => ELEMENT.test(one))
      .map((one) => [one.toUpperCase(), one]),
  );
  const known = new Map<string, string>();
  const phase = (id: string): string => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const shown = Object.hasOwn(names, id) ? (names[id] ?? id) : byRule(id, names, elements);
    known.set(id, shown);
    return shown;
  };
  // In the order that labels have: two ways to write one set would be two sets.
  const label = (text: string): string => text.split("+").map(phase).sort().join("+");
  const told = [...(about.phases ?? [])].filter((id) => phase(id) !== id);
  const pattern =
    told.length === 0
      ? undefined
      : new RegExp(
          `(?<![\\w#])(${told
            .sort((a, b) => b.length - a.length)
            .map((id) => id.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
            .join("|")})(?![\\w#])`,
          "g",
        );
  const sentence = (text: string): string =>
    pattern === undefined ? text : text.replace(pattern, (id) => phase(id));
  return { phase, label, sentence };
}

const ELEMENT = /^[A-Z][a-z]?$/;
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

const GREEK: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ..."alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ".split(
      " ",
    ),
    ..."eps ε sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω rho ρ mu μ nu ν xi ξ".split(" "),
  ].flatMap((name, k, all) => (k % 2 === 0 ? [[name, all[k + 1] ?? ""]] : [])),
);
/** Two letters in capitals are as often two elements or an abbreviation. */
const SHORT = /^(MU|NU|XI)$/;

/** `TAU#1` keeps its number; a name is changed word by word, and words that changed part company with their underscore. */
function byRule(
  id: string,
  names: Readonly<Record<string, string>>,
  elements: ReadonlyMap<string, string>,
): string {
  const [, base = id, number = ""] = /^(.*?)(#\d+)?$/.exec(id) ?? [];
  if (number !== "" && Object.hasOwn(names, base)) return `${names[base]}${number}`;
  const words = base.split("_");
  const shown = words.map((word) => wordOf(word, words.length, elements));
  if (shown.every((word, k) => word === words[k])) return id;
  return `${shown.join(" ")}${number}`;
}

function wordOf(word: string, of: number, elements: ReadonlyMap<string, string>): string {
  const parts = word.split(/(-)/);
  return parts
    .map((part) => greekOf(part, of * parts.length) ?? formulaOf(part, elements) ?? part)
    .join("");
}

function greekOf(word: string, parts: number): string | undefined {
  if (SHORT.test(word) && parts === 1) return undefined;
  const isWhole = /^([a-z]+|[A-Z][a-z]+|[A-Z]+)('*)$/.exec(word);
  const name = (isWhole?.[1] ?? "").toLowerCase();
  const letter = Object.hasOwn(GREEK, name) ? GREEK[name] : undefined;
  return letter === undefined ? undefined : `${letter}${"′".repeat(isWhole?.[2]?.length ?? 0)}`;
}

/** `TiO2` is TiO₂; `MG2ZN11` Mg₂Zn₁₁ where Mg and Zn are components; `C14`, `B2`, `FCC` are no formulas. */
function formulaOf(word: string, elements: ReadonlyMap<string, string>): string | undefined {
  const parts = /^[A-Z]+\d*$|^[A-Z\d]+$/.test(word)
    ? inCapitals(word, elements)
    : [...word.matchAll(/([A-Z][a-z]?)(\d*)/g)].map(([, element = "", n = ""]) => [element, n]);
  if (parts === undefined) return undefined;
  const written = parts.map(([element, n]) => `${element}${n}`).join("");
  if (written.toUpperCase() !== word.toUpperCase()) return undefined;
  if (
    parts.length < 2 &&
    !(parts.length === 1 && elements.has((parts[0]?.[0] ?? "").toUpperCase()))
  )
    return undefined;
  return parts
    .map(
      ([element, n = ""]) =>
        `${element}${[...n].map((digit) => SUBSCRIPTS[Number(digit)]).join("")}`,
    )
    .join("");
}

/** A formula in capitals as elements of the campaign, the longest first; none where something else is left. */
function inCapitals(word: string, elements: ReadonlyMap<string, string>): string[][] | undefined {
  const found: string[][] = [];
  let rest = word;
  while (rest !== "") {
    const two = elements.get(rest.slice(0, 2));
    const element = two ?? elements.get(rest.slice(0, 1));
    if (element === undefined) return undefined;
    rest = rest.slice(element.length);
    const n = /^\d*/.exec(rest)?.[0] ?? "";
    rest = rest.slice(n.length);
    found.push([element, n]);
  }
  return found;
}
