import { createPrng } from "../../../src/core/prng.ts";
import { Drawer, type GeneratedFile, LINE_ENDS, NUMBER_STYLES, spellNumber } from "./spellings.ts";

const ELEMENTS: Readonly<Record<string, number>> = { Si: 14, Cu: 29, O: 8, H: 1 };

/** An XCrySDen structure file, single or animated. */
export function xsfFile(seed: number): GeneratedFile {
  const draw = new Drawer(createPrng(`readers/xsf/${seed}`));
  const eol = draw.spell(LINE_ENDS);
  const style = draw.spell(NUMBER_STYLES);
  const kind = draw.spell({ usual: "CRYSTAL", slab: "SLAB", polymer: "POLYMER", atoms: "ATOMS" });
  const steps = kind !== "ATOMS" && draw.has("animated", 0.3) ? 2 + draw.prng.integer(2) : 1;
  const isVariable = steps > 1 && draw.has("variable-cell", 0.5);
  const hasForces = draw.has("forces", 0.3);
  const areNumbers = draw.has("atomic-numbers", 0.5);
  const lines: string[] = [];
  if (draw.has("comments", 0.3)) lines.push("# made by hand", "");
  if (steps > 1) lines.push(`ANIMSTEPS ${steps}`);
  const atoms = 1 + draw.prng.integer(6);
  const atomLines = (): string[] =>
    Array.from({ length: atoms }, (_, a) => {
      const [name, number] = Object.entries(ELEMENTS)[a % 4]!;
      const values = Array.from({ length: hasForces ? 6 : 3 }, () =>
        spellNumber(draw, 10 * draw.prng.next(), style),
      );
      return `  ${areNumbers ? number : name}   ${values.join("   ")}`;
    });
  const vectors = (): string[] =>
    [0, 1, 2].map((i) =>
      [0, 1, 2]
        .map((j) => (i === j ? 12 + draw.prng.next() : draw.prng.next()).toFixed(8))
        .join("  "),
    );
  if (kind === "ATOMS") lines.push("ATOMS", ...atomLines());
  else {
    lines.push(kind);
    const conventional = draw.has("convvec", 0.2) ? ["CONVVEC", ...vectors()] : [];
    if (!isVariable) lines.push("PRIMVEC", ...vectors(), ...conventional);
    for (let k = 1; k <= steps; k++) {
      const step = steps > 1 ? ` ${k}` : "";
      if (isVariable) lines.push(`PRIMVEC${step}`, ...vectors());
      lines.push(`PRIMCOORD${step}`, ` ${atoms} 1`, ...atomLines());
    }
  }
  const content = lines.join(eol) + (draw.has("no-last-line-end", 0.1) ? "" : eol);
  return { name: `${seed}.xsf`, content, peer: { format: "xsf" }, marks: draw.marks };
}
