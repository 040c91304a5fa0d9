import { createPrng } from "../../../src/core/prng.ts";
import { Drawer, type GeneratedFile, LINE_ENDS, NUMBER_STYLES, spellNumber } from "./spellings.ts";

const EXTRA = ["vx", "vy", "vz", "mol", "q", "c_pe", "ix", "iy", "iz"];
const ELEMENTS = ["Si", "Ge", "Cu"];

/** A LAMMPS text dump of one to three snapshots. */
export function dumpFile(seed: number): GeneratedFile {
  const draw = new Drawer(createPrng(`readers/dump/${seed}`));
  const eol = draw.spell(LINE_ENDS);
  const suffix = draw.spell({ usual: "", unwrapped: "u", scaled: "s", "scaled-unwrapped": "su" });
  const kinds = draw.spell({ usual: ["type"], element: ["type", "element"], only: ["element"] });
  const extra = draw.shuffle(EXTRA).slice(0, draw.prng.integer(4));
  const position = ["x", "y", "z"].map((axis) => axis + suffix);
  const units = draw.spell({ usual: undefined, "units metal": "metal", "units real": "real" });
  const fixed = ["id", ...kinds, ...position];
  const columns = draw.has("columns-in-any-order", 0.3)
    ? draw.shuffle([...fixed, ...extra])
    : [...fixed, ...extra];
  const style = draw.spell(NUMBER_STYLES);
  const atoms = 1 + draw.prng.integer(8);
  const isTilted = draw.has("triclinic", 0.4);
  const snapshots = 1 + draw.prng.integer(3);
  let text = units === undefined ? "" : `ITEM: UNITS${eol}${units}${eol}`;
  for (let k = 0; k < snapshots; k++) {
    if (draw.has("time", 0.1)) text += `ITEM: TIME${eol}${0.5 * k}${eol}`;
    text += [`ITEM: TIMESTEP`, 100 * k, `ITEM: NUMBER OF ATOMS`, atoms, ""].join(eol);
    text += boxText(draw, isTilted, eol);
    text += `ITEM: ATOMS ${columns.join(" ")}${draw.prng.next() < 0.3 ? " " : ""}${eol}`;
    const ids = Array.from({ length: atoms }, (_, a) => a + 1);
    const order = draw.has("ids-in-any-order", 0.4) ? draw.shuffle(ids) : ids;
    for (const id of order)
      text += columns.map((name) => cellOf(draw, name, id, suffix, style)).join(" ") + eol;
  }
  if (draw.has("no-last-line-end", 0.1)) text = text.replace(/\s+$/, "");
  return { name: `${seed}.dump`, content: text, peer: { format: "dump" }, marks: draw.marks };
}

function boxText(draw: Drawer, isTilted: boolean, eol: string): string {
  const flags = [0, 1, 2].map(() =>
    draw.prng.next() < 0.7 ? "pp" : draw.pick(["ff", "ss", "mm", "fs", "sm"]),
  );
  const low = [0, 1, 2].map(() => (draw.prng.next() < 0.5 ? 0 : 4 * draw.prng.next() - 2));
  const high = low.map((value) => value + 15 + 5 * draw.prng.next());
  const number = (value: number): string =>
    draw.pick([value.toFixed(6), value.toExponential(16), String(value)]);
  if (!isTilted) {
    const lines = low.map((value, k) => `${number(value)} ${number(high[k]!)}`);
    return [`ITEM: BOX BOUNDS ${flags.join(" ")}`, ...lines, ""].join(eol);
  }
  const [xy, xz, yz] = [0, 1, 2].map(() => 3 * draw.prng.next() - 1.5) as [number, number, number];
  const bounds = [
    [low[0]! + Math.min(0, xy, xz, xy + xz), high[0]! + Math.max(0, xy, xz, xy + xz), xy],
    [low[1]! + Math.min(0, yz), high[1]! + Math.max(0, yz), xz],
    [low[2]!, high[2]!, yz],
  ];
  // one spelling for all: three decimals more or less are another cell
  const lines = bounds.map((line) => line.map((value) => value.toExponential(16)).join(" "));
  return [`ITEM: BOX BOUNDS xy xz yz ${flags.join(" ")}`, ...lines, ""].join(eol);
}

function cellOf(draw: Drawer, name: string, id: number, suffix: string, style: string): string {
  if (name === "id") return String(id);
  const type = 1 + (id % ELEMENTS.length);
  if (name === "type") return String(type);
  if (name === "element") return ELEMENTS[type - 1]!;
  if (/^(mol|i[xyz])$/.test(name)) return String(draw.prng.integer(3));
  const isScaled = suffix.startsWith("s") && /^[xyz]/.test(name);
  const value = isScaled ? draw.prng.next() : 15 * draw.prng.next();
  return spellNumber(draw, value, style);
}
