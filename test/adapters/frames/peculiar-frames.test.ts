import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCommentFields } from "../../../adapters/frames/comment-fields.ts";
import { readFrames, readWholeFrames } from "../../../adapters/frames/read-frames.ts";
import type { Frame } from "../../../src/domain/frame.ts";
import { firstNeighbourDistance } from "../../../src/models/structure/first-neighbour.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "tieline-peculiar-"));
const ATOMS = "Si 0.5 1 2\nSi 3 2.5 4\n";
const CELL = 'Lattice="4 0 0 1 5 0 0 0 6"';
const COLUMNS = "Properties=species:S:1:pos:R:3";

let files = 0;
async function frames(content: string): Promise<Frame[]> {
  const path = join(FOLDER, `${files++}.txt`);
  writeFileSync(path, content);
  const read: Frame[] = [];
  for await (const { frame } of readFrames(path)) read.push(frame);
  return read;
}

async function first(content: string): Promise<Frame> {
  const [frame] = await frames(content);
  if (frame === undefined) throw new Error("no frame");
  return frame;
}

const xyz = (comment: string, atoms = ATOMS): string => `2\n${comment}\n${atoms}`;

describe("the comment of an extended XYZ frame", () => {
  test.each([
    ['a= Lattice="1 2 3"', { a: "", Lattice: "1 2 3" }],
    ['a=Lattice="1 2 3"', { a: "", Lattice: "1 2 3" }],
    ["a= b=2", { a: "", b: "2" }],
    ["a = b=2", { a: "b=2" }],
    ["a = 5 b=6", { a: "5", b: "6" }],
    ["energy= -3.25 step=1", { energy: "-3.25", step: "1" }],
    ["a=", { a: "" }],
    ["m=[[1,2],[3,4]] n={5 6} o='7 8'", { m: "[1,2],[3,4]", n: "5 6", o: "7 8" }],
  ])("%s", (comment, values) => {
    expect(readCommentFields(comment).values).toEqual(values);
  });

  test("bare words are no keys", () => {
    expect(readCommentFields("Lattice constant 5.3")).toEqual({
      values: {},
      flags: ["Lattice", "constant", "5.3"],
    });
  });
});

describe("extended XYZ as others write it", () => {
  test("an empty value swallows neither box nor periodicity", async () => {
    const frame = await first(xyz(`config_type= ${CELL} ${COLUMNS} remark= pbc="T T F"`));
    expect([...frame.cell]).toEqual([4, 0, 0, 1, 5, 0, 0, 0, 6]);
    expect(frame.periodic).toEqual([true, true, false]);
  });

  test("three numbers are a diagonal, nested rows are columns of vectors", async () => {
    expect([...(await first(xyz(`Lattice="4 5 6" ${COLUMNS}`))).cell]).toEqual([
      4, 0, 0, 0, 5, 0, 0, 0, 6,
    ]);
    const nested = await first(xyz(`Lattice=[[4,1,0],[0,5,0],[0,0,6]] ${COLUMNS}`));
    expect([...nested.cell]).toEqual([4, 0, 0, 1, 5, 0, 0, 0, 6]);
  });

  test("keys in lower case are taken, a plain comment's words are not", async () => {
    const lower = await first(
      xyz(
        'lattice="4 0 0 1 5 0 0 0 6" properties=species:S:1:force:R:3:pos:R:3',
        "Si 9 9 9 0.5 1 2\nSi 9 9 9 3 2.5 4\n",
      ),
    );
    expect([...lower.positions]).toEqual([0.5, 1, 2, 3, 2.5, 4]);
    expect(lower.cell[4]).toBe(5);
    for (const comment of ["bcc lattice=2.87 T=900", "Properties from run 12", "Origin: run 3"])
      expect((await first(xyz(comment))).periodic).toEqual([false, false, false]);
  });

  test("Fortran exponents, in positions and in the cell", async () => {
    const frame = await first(
      xyz(`Lattice="4D0 0 0 1 5.0d+00 0 0 0 6" ${COLUMNS}`, "Si 5D-1 1 2\nSi 3 .25d1 4\n"),
    );
    expect([...frame.positions]).toEqual([0.5, 1, 2, 3, 2.5, 4]);
    expect(frame.cell[4]).toBe(5);
  });

  test.each(["Z", "numbers"])("atomic numbers in the column %s are elements", async (name) => {
    const frame = await first(
      xyz(`${CELL} Properties=${name}:I:1:pos:R:3`, "13 0.5 1 2\n8 3 2 4\n"),
    );
    expect(frame.speciesNames).toEqual(["Al", "O"]);
  });

  test("an open direction needs no vector: it gets a normal one; a periodic one does", async () => {
    const slab = await first(xyz(`Lattice="4 0 0 1 5 0 0 0 0" ${COLUMNS} pbc="T T F"`));
    expect([...slab.cell.subarray(6)]).toEqual([0, 0, 2]);
    expect(slab.origin[2]).toBe(2);
    const wire = await first(xyz(`Lattice="0 0 0 1 5 0 0 0 0" ${COLUMNS} pbc="F T F"`));
    const normals = [0, 2].map((k) => wire.cell[3 * k]! * 1 + wire.cell[3 * k + 1]! * 5);
    expect(Math.max(...normals.map(Math.abs))).toBeLessThan(1e-12);
    const periodic = await first(xyz(`Lattice="4 0 0 1 5 0 0 0 0" ${COLUMNS}`));
    expect(() => firstNeighbourDistance([periodic])).toThrow(/span no volume/);
    await expect(frames(xyz('pbc="T T T"'))).rejects.toMatchObject({ code: "TL-7005" });
  });
});

describe("a file that is still being written", () => {
  const whole = xyz(`${CELL} ${COLUMNS}`, "Si 0.500 1.000 2.000\nSi 3.000 2.500 4.000\n");
  const cut: readonly [string, string][] = [
    ["inside a line", `${whole}${whole.slice(0, -14)}`],
    ["inside the last number", `${whole}${whole.slice(0, -3)}`],
    ["at the end of a line", `${whole}${whole.split("\n").slice(0, 3).join("\n")}\n`],
    ["inside the comment", `${whole}2\nLattice="4 0 0 1 5`],
  ];
  test.each(cut)("%s: its whole frames are read, then TL-7003", async (_, content) => {
    await expect(frames(content)).rejects.toMatchObject({ code: "TL-7003" });
    const path = join(FOLDER, `cut-${files++}.xyz`);
    writeFileSync(path, content);
    const cuts: string[] = [];
    let count = 0;
    for await (const _frame of readWholeFrames(path, (where) => cuts.push(where))) count++;
    expect(count).toBe(1);
    expect(cuts.join()).toContain("1 whole frames were used");
  });

  test("a complete file without a last line end is complete", async () => {
    expect(await frames(`${whole}${whole.trimEnd()}`)).toHaveLength(2);
  });

  test("an animation with fewer steps than it announces", async () => {
    const step = "PRIMCOORD 1\n1 1\nSi 0 0 0\n";
    const head = "ANIMSTEPS 3\nCRYSTAL\nPRIMVEC\n4 0 0\n0 4 0\n0 0 4\n";
    await expect(frames(head + step + step)).rejects.toThrow(/announces 3 steps, 2 are there/);
    expect(await frames(head + step + step + step)).toHaveLength(3);
  });
});

describe("LAMMPS dumps", () => {
  const dump = (units: string, columns: string, atom: string, length: number): string =>
    `${units}ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n` +
    `0 ${length}\n0 ${length}\n0 ${length}\nITEM: ATOMS ${columns}\n${atom}\n`;

  test.each([
    ["electron", 0.529177210903],
    ["nano", 10],
    ["micro", 1e4],
    ["si", 1e10],
    ["cgs", 1e8],
    ["metal", 1],
    ["real", 1],
    ["lj", 1],
  ])("units %s, stated once for every snapshot", async (name, length_A) => {
    const size = 8 / length_A;
    const content =
      dump(`ITEM: UNITS\n${name}\n`, "id type x y z", `1 1 ${size / 2} 0 0`, size) +
      dump("", "id type x y z", `1 1 ${size / 4} 0 0`, size);
    const [one, two] = await frames(content);
    expect(one?.cell[0]).toBeCloseTo(8, 9);
    expect(one?.positions[0]).toBeCloseTo(4, 9);
    expect(two?.positions[0]).toBeCloseTo(2, 9);
  });

  test("unknown units are refused, and so is what is too dense to be in A", async () => {
    await expect(
      frames(dump("ITEM: UNITS\nparsec\n", "type x y z", "1 0 0 0", 8)),
    ).rejects.toMatchObject({ code: "TL-7002" });
    await expect(frames(dump("", "type x y z", "1 0 0 0", 0.3))).rejects.toMatchObject({
      code: "TL-7006",
    });
    expect(await frames("3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n")).toHaveLength(1);
  });

  test("an element column that says C of every type is LAMMPS' default: the types tell", async () => {
    const two = (elements: [string, string]): string =>
      dump(
        "",
        "id type element x y z",
        `1 1 ${elements[0]} 0 0 0\n2 2 ${elements[1]} 4 4 4`,
        8,
      ).replace("ATOMS\n1", "ATOMS\n2");
    expect((await first(two(["C", "C"]))).speciesNames).toEqual(["1", "2"]);
    const same = await first(two(["Si", "Si"]));
    expect([same.speciesNames, [...same.species]]).toEqual([["Si"], [0, 0]]);
    const other = await first(two(["C", "Si"]));
    expect([other.speciesNames, [...other.species]]).toEqual([
      ["C", "Si"],
      [0, 1],
    ]);
    expect((await first(dump("", "id type element x y z", "1 1 C 0 0 0", 8))).speciesNames).toEqual(
      ["C"],
    );
  });

  test("coordinates of two kinds are refused: lengths along two axes, a share of the box along the third", async () => {
    await expect(first(dump("", "id type x y zs", "1 1 1 1 0.5", 8))).rejects.toMatchObject({
      code: "TL-7002",
      message: expect.stringContaining("x y z"),
    });
  });

  test("typelabel holds the names of species, element goes before it", async () => {
    const label = await first(dump("", "id type typelabel x y z", "1 2 Al 0 0 0", 8));
    expect(label.speciesNames).toEqual(["Al"]);
    const both = await first(dump("", "typelabel element x y z", "core Al 0 0 0", 8));
    expect(both.speciesNames).toEqual(["Al"]);
  });
});

test.each([
  ["3 1", [true, true, true]],
  ["2 1", [true, true, false]],
  ["1 1", [true, false, false]],
  ["0 1", [false, false, false]],
])("XSF: DIM-GROUP %s", async (group, periodic) => {
  const frame = await first(
    `DIM-GROUP\n${group}\nPRIMVEC\n4 0 0\n0 4 0\n0 0 4\nPRIMCOORD\n1 1\nSi 0 0 0\n`,
  );
  expect(frame.periodic).toEqual(periodic);
});

test("md.frames: an atom's number that outgrew its columns is dropped, its position is not", async () => {
  const frame = await first(
    "frame 0\ncell_vectors\n10 0 0\n0 10 0\n0 0 10\nend cell_vectors\npositions\n" +
      "*****    1 1.0 2.0 3.0\n*****    1 4.0 5.0 6.0\nend positions\nend frame\n",
  );
  expect(frame.ids).toBeUndefined();
  expect(frame.positions[0]).toBeCloseTo(0.529177210903, 12);
});

describe("first neighbours", () => {
  const cubic = (length: number, atoms: number[][], periodic: boolean): Frame => ({
    index: 0,
    atoms: atoms.length,
    positions: Float64Array.from(atoms.flat()),
    cell: Float64Array.of(length, 0, 0, 0, length, 0, 0, 0, length),
    origin: [0, 0, 0],
    periodic: [periodic, periodic, periodic],
    species: new Int32Array(atoms.length),
    speciesNames: ["Si"],
    properties: {},
  });
  const isolated = cubic(12, [[0, 0, 0]], true);
  const pair = cubic(3, [[0, 0, 0], [2.44, 0, 0]], false); // biome-ignore format: two atoms
  const fcc = cubic(4.05, [[0, 0, 0], [2.025, 2.025, 0], [2.025, 0, 2.025], [0, 2.025, 2.025]], true); // biome-ignore format: four atoms

  test("come from frames that have some", () => {
    const alone = firstNeighbourDistance([fcc]) ?? 0;
    expect(alone).toBeCloseTo(2.864, 1);
    expect(firstNeighbourDistance([isolated, fcc])).toBe(alone);
    expect(firstNeighbourDistance([isolated])).toBeUndefined();
  });

  test("a few open atoms give their own nearest distance", () => {
    expect(firstNeighbourDistance([pair])).toBeCloseTo(2.44, 9);
  });
});
