import { createPrng } from "../../../src/core/prng.ts";
import { Drawer, type GeneratedFile, LINE_ENDS, NUMBER_STYLES, spellNumber } from "./spellings.ts";

const ELEMENTS = ["H", "C", "Si", "Ge", "Fe", "Cu", "Co", "O", "N", "Na", "Cl", "U"];
/** Words and values of comments as ASE, QUIP, OVITO and CP2K write them. */
const INFOS: readonly string[] = [
  "energy=-12.5",
  'config_type="hot bulk"',
  'note="a = b"',
  "note='single quotes'",
  'note="say \\"hi\\""',
  "stress={1 2 3 4 5 6}",
  'virial="1 0 0 0 1 0 0 0 1"',
  "dipole=[0.1,0.2,0.3]",
  "tensor=[[1,2,3],[4,5,6],[7,8,9]]",
  "empty=",
  'empty=""',
  "step = 5",
  "is_relaxed",
  "free_energy=1E-3",
  "Time=3.5",
  "label=Lattice",
  'path="/tmp/a=b.xyz"',
  "i=     2, time=        1.000, E=       -17.16",
  "größe=1",
  'json="_JSON {\\"a\\": [1, 2]}"',
  "virials:=3",
];

/** An extended or plain XYZ file of one to three frames. */
export function xyzFile(seed: number): GeneratedFile {
  const draw = new Drawer(createPrng(`readers/xyz/${seed}`));
  const eol = draw.spell(LINE_ENDS);
  const frames = 1 + draw.prng.integer(3);
  const isPlain = draw.has("plain", 0.2);
  let text = "";
  for (let k = 0; k < frames; k++) text += frameText(draw, isPlain, eol);
  if (draw.has("blank-end", 0.15)) text += eol;
  if (draw.has("no-last-line-end", 0.1)) text = text.replace(/(\r?\n)+$/, "");
  return { name: `${seed}.xyz`, content: text, peer: { format: "extxyz" }, marks: draw.marks };
}

function frameText(draw: Drawer, isPlain: boolean, eol: string): string {
  const atoms = 1 + draw.prng.integer(6);
  const style = draw.spell(NUMBER_STYLES);
  const gap = draw.spell({ usual: " ", tabs: "\t", wide: "      " });
  const columns = isPlain ? ["species", "pos"] : columnsOf(draw);
  const lines = Array.from({ length: atoms }, (_, a) =>
    columns.map((column) => cellOf(draw, column, style, gap, a)).join(gap),
  ).map((line) => (draw.prng.next() < 0.1 ? ` ${line}  ` : line));
  const count = draw.has("padded-count", 0.1) ? `  ${atoms} ` : String(atoms);
  return `${[count, commentOf(draw, isPlain, columns), ...lines].join(eol)}${eol}`;
}

const WIDTHS: Readonly<Record<string, string>> = {
  species: "species:S:1",
  Z: "Z:I:1",
  numbers: "numbers:I:1",
  pos: "pos:R:3",
  forces: "forces:R:3",
  charge: "charge:R:1",
  mask: "mask:L:1",
  site: "site:S:1",
  id: "id:I:1",
  tags: "tags:I:1",
};

function columnsOf(draw: Drawer): string[] {
  if (draw.has("no-properties", 0.1)) return ["species", "pos"];
  const species = draw.prng.next() < 0.8 ? ["species"] : draw.has("Z", 1) ? ["Z"] : [];
  const extra = ["forces", "charge", "mask", "site", "id", "tags", "numbers"].filter(
    () => draw.prng.next() < 0.2,
  );
  const all = [
    ...species,
    "pos",
    ...extra.filter((one) => one !== "numbers" || species[0] !== "Z"),
  ];
  return draw.has("columns-in-any-order", 0.3) ? draw.shuffle(all) : all;
}

const ATOMIC_NUMBERS: Readonly<Record<string, number>> = {
  ...{ H: 1, C: 6, Si: 14, Ge: 32, Fe: 26, Cu: 29, Co: 27, O: 8, N: 7, Na: 11, Cl: 17, U: 92 },
};

/** Elements go by the atom's number so that `species` and `numbers` of a line say the same. */
function cellOf(draw: Drawer, column: string, style: string, gap: string, atom: number): string {
  const element = ELEMENTS[(atom * 7) % ELEMENTS.length]!;
  const number = (): string => spellNumber(draw, 3 * draw.prng.normal() + 5 * atom, style);
  switch (column) {
    case "species":
      return element;
    case "Z":
    case "numbers":
      return String(ATOMIC_NUMBERS[element]);
    case "pos":
    case "forces":
      return [number(), number(), number()].join(gap);
    case "charge":
      return number();
    case "mask":
      return draw.pick(["T", "F"]);
    case "site":
      return draw.pick(["A", "b2", "8a"]);
    default:
      return String(atom + 1);
  }
}

function commentOf(draw: Drawer, isPlain: boolean, columns: readonly string[]): string {
  const infos = draw.shuffle(INFOS).slice(0, draw.prng.integer(4));
  draw.marks.push(...infos.map((info) => `comment ${info}`));
  if (isPlain) return draw.has("empty-comment", 0.3) ? "" : infos.join(" ");
  const hasLattice = !draw.has("no-lattice", 0.15);
  const cell = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => (i === j ? 20 + draw.prng.integer(9) : draw.prng.integer(3))),
  );
  const flat = cell.flat().map((value) => value.toFixed(draw.prng.integer(4)));
  const lattice = draw.spell({
    usual: `Lattice="${flat.join(" ")}"`,
    "lattice-wide": `Lattice=" ${flat.join("   ")} "`,
    "lattice-braces": `Lattice={${flat.join(" ")}}`,
  });
  const flags = [0, 1, 2].map(() => draw.prng.next() < 0.6);
  const letters = flags.map((flag) => (flag ? "T" : "F"));
  const pbc = draw.spell({
    usual: `pbc="${letters.join(" ")}"`,
    "pbc-numbers": `pbc="${flags.map(Number).join(" ")}"`,
    "pbc-words": `pbc="${flags.map((flag) => (flag ? "True" : "False")).join(" ")}"`,
    "pbc-brackets": `pbc=[${letters.join(", ")}]`,
    "pbc-lower-case": `pbc="${flags.join(" ")}"`,
  });
  const properties = `Properties=${columns.map((column) => WIDTHS[column]).join(":")}`;
  const isUsual = columns.join() === "species,pos" && draw.marks.includes("no-properties");
  const parts = [
    ...(hasLattice ? [lattice] : []),
    ...(isUsual ? [] : [properties]),
    ...(hasLattice && !draw.has("no-pbc", 0.2) ? [pbc] : []),
    ...infos,
  ];
  return (draw.has("keys-in-any-order", 0.4) ? draw.shuffle(parts) : parts).join(" ");
}
