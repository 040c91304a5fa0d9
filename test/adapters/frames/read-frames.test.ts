import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readFrames } from "../../../adapters/frames/read-frames.ts";
import { createExtendedXyzWriter } from "../../../adapters/frames/write-extended-xyz.ts";
import type { Frame } from "../../../src/domain/frame.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "tieline-frames-"));

function file(name: string, content: string | Buffer): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

async function readAll(path: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const { frame } of readFrames(path)) frames.push(frame);
  return frames;
}

const XYZ = `2
Lattice="4 0 0 1 5 0 0 0 6" Properties=species:S:1:force:R:3:pos:R:3 pbc="T T F" note="a b" step=7
Si 9 9 9 0.5 1 2
Ge 9 9 9 1 2e0 -3
`;

describe("extended XYZ", () => {
  test("lattice, columns in any order, periodicity, facts", async () => {
    const [frame, second] = await readAll(file("a.xyz", XYZ + XYZ));
    expect(frame?.cell).toEqual(Float64Array.of(4, 0, 0, 1, 5, 0, 0, 0, 6));
    expect(frame?.positions).toEqual(Float64Array.of(0.5, 1, 2, 1, 2, -3));
    expect(frame?.periodic).toEqual([true, true, false]);
    expect(frame?.speciesNames).toEqual(["Si", "Ge"]);
    expect(frame?.properties).toEqual({ note: "a b", step: "7" });
    expect(second?.index).toBe(1);
  });

  test("plain XYZ has an open box around its atoms", async () => {
    const [frame] = await readAll(file("plain.xyz", "2\ncomment\nAr 0 0 0\nAr 3 0 0\n"));
    expect(frame?.periodic).toEqual([false, false, false]);
    expect(frame?.cell[0]).toBe(3);
  });

  test("gzip is told by content, and Windows line ends are accepted", async () => {
    const [frame] = await readAll(file("a.bin", gzipSync(XYZ.replaceAll("\n", "\r\n"))));
    expect(frame?.positions[5]).toBe(-3);
  });

  test("what it writes it reads back", async () => {
    const [frame] = await readAll(file("b.xyz", XYZ));
    const path = join(FOLDER, "out.xyz");
    const writer = await createExtendedXyzWriter(path);
    if (frame !== undefined)
      await writer.write(frame, [{ name: "class", kind: "S", value: (a) => `c${a}` }], {
        mean: "1.5",
      });
    await writer.close();
    const [again] = await readAll(path);
    expect(again?.positions).toEqual(frame?.positions);
    expect(again?.periodic).toEqual([true, true, false]);
    expect(again?.properties).toMatchObject({ step: "7", mean: "1.5" });
  });
});

const DUMP = (bounds: string, lines: string, atoms: string): string =>
  `ITEM: TIMESTEP\n100\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS ${bounds}\n${lines}\nITEM: ATOMS ${atoms}\n`;

describe("LAMMPS dumps", () => {
  test("an orthogonal box whose origin is not at 0, scaled coordinates", async () => {
    const text = DUMP("pp pp ff", "-1 3\n-2 2\n0 5", "id type xs ys zs\n4 2 0.25 0.5 1.2");
    const [frame] = await readAll(file("s.dump", text));
    expect(frame?.origin).toEqual([-1, -2, 0]);
    expect([...(frame?.positions ?? [])]).toEqual([0, 0, 6]);
    expect(frame?.periodic).toEqual([true, true, false]);
    expect(frame?.speciesNames).toEqual(["2"]);
    expect(frame?.ids?.[0]).toBe(4);
    expect(frame?.properties["step"]).toBe("100");
  });

  test("a tilted box: the bounds are those of the bounding box, not of the cell", async () => {
    // Cell a = (10, 0, 0), b = (-2, 8, 0), c = (3, 1, 6), origin (0, 0, 0): LAMMPS writes xlo_bound = min(0, xy, xz, xy + xz) = -2.
    const text = DUMP(
      "xy xz yz pp pp pp",
      "-2 13 -2\n0 9 3\n0 6 1",
      "id element xsu ysu zsu\n1 Si 0 1 1",
    );
    const [frame] = await readAll(file("t.dump", text));
    expect([...(frame?.cell ?? [])]).toEqual([10, 0, 0, -2, 8, 0, 3, 1, 6]);
    expect(frame?.origin).toEqual([0, 0, 0]);
    expect([...(frame?.positions ?? [])]).toEqual([1, 9, 6]);
    expect(frame?.speciesNames).toEqual(["Si"]);
  });

  test("a general triclinic box and unwrapped coordinates", async () => {
    const text = DUMP(
      "abc origin pp pp pp",
      "1 2 0 5\n0 3 0 6\n0 0 4 7",
      "id type xu yu zu\n1 1 40 -9 2",
    );
    const [frame] = await readAll(file("g.dump", text));
    expect([...(frame?.cell ?? [])]).toEqual([1, 2, 0, 0, 3, 0, 0, 0, 4]);
    expect(frame?.origin).toEqual([5, 6, 7]);
    expect([...(frame?.positions ?? [])]).toEqual([40, -9, 2]);
  });

  test("an orthogonal box as OVITO writes it again: the same frame as before", async () => {
    const atoms = "id type x y z\n1 1 0.5 1.0 2.0";
    const before = DUMP("pp pp pp", "-1.0 10.0\n0.0 11.0\n0.0 12.0", atoms);
    const again = DUMP(
      "abc origin pp pp pp",
      "11.0 0.0 0.0 -1.0\n0.0 11.0 0.0 0.0\n0.0 0.0 12.0 0.0",
      atoms,
    );
    const [frame] = await readAll(file("before.dump", before));
    expect(frame?.origin).toEqual([-1, 0, 0]);
    expect(await readAll(file("again.dump", again))).toEqual([frame]);
  });
});

test("CONQUEST md.frames: Bohr becomes A, other blocks are passed over", async () => {
  const text =
    "frame       12\ncell_vectors\n 10.0 0 0\n 0 10.0 0\n 0 0 10.0\nend cell_vectors\nstress_tensor\n 1 2 3\nend stress_tensor\n" +
    "positions\n    1    1 1.0 2.0 3.0\n    2    2 0.0 0.0 0.0\nend positions\nvelocities\n    1    1 0 0 0\nend velocities\nend frame\n";
  const frames = await readAll(file("md.frames", text + text));
  expect(frames).toHaveLength(2);
  expect(frames[0]?.cell[0]).toBeCloseTo(5.29177, 5);
  expect(frames[0]?.positions[1]).toBeCloseTo(1.05835, 5);
  expect(frames[0]?.speciesNames).toEqual(["1", "2"]);
  expect(frames[0]?.properties["step"]).toBe("12");
});

describe("XSF", () => {
  test("animated with a changing cell; atomic numbers become symbols", async () => {
    const text =
      "# two frames\nANIMSTEPS 2\nCRYSTAL\nPRIMVEC 1\n5 0 0\n0 5 0\n0 0 5\nPRIMCOORD 1\n1 1\n14 1 2 3 0 0 0\n" +
      "PRIMVEC 2\n6 0 0\n0 6 0\n0 0 6\nPRIMCOORD 2\n1 1\n14 1 2 4 0 0 0\n";
    const frames = await readAll(file("a.axsf", text));
    expect(frames.map((frame) => frame.cell[0])).toEqual([5, 6]);
    expect(frames[1]?.positions[2]).toBe(4);
    expect(frames[0]?.speciesNames).toEqual(["Si"]);
  });

  test("molecules, and data grids are passed over", async () => {
    const text =
      "ATOMS\n8 0 0 0\nH 0 0 1\nBEGIN_BLOCK_DATAGRID_3D\nanything\nEND_BLOCK_DATAGRID_3D\n";
    const [frame] = await readAll(file("m.xsf", text));
    expect(frame?.atoms).toBe(2);
    expect(frame?.periodic).toEqual([false, false, false]);
    expect(frame?.speciesNames).toEqual(["O", "H"]);
  });
});

describe("errors say where", () => {
  test.each([
    ["nan.xyz", '1\nLattice="1 0 0 0 1 0 0 0 1"\nSi 1 nan 2\n', "TL-7002", "line 3"],
    ["short.xyz", "1\nx\nSi 1 2\n", "TL-7002", "line 3"],
    ["cut.xyz", "3\nx\nSi 1 2 3\n", "TL-7003", "line 3"],
    ["lattice.xyz", '1\nLattice="1 0 0"\nSi 1 2 3\n', "TL-7002", "line 2"],
    ["cut.dump", "ITEM: TIMESTEP\n1\nITEM: NUMBER OF ATOMS\n2\n", "TL-7003", "line 4"],
    ["odd.dump", "ITEM: TIMESTEP\n1\nrubbish\n", "TL-7002", "line 3"],
    ["pdf.bin", "%PDF-1.4\n", "TL-7004", "%PDF"],
    ["empty.xyz", "", "TL-7003", "empty"],
    ["many.xyz", "99999999999\nx\n", "TL-7002", "line 1"],
    [
      "conquest.frames",
      "frame 1\ncell_vectors\n1 0 0\n0 1 0\n0 0 1\nend cell_vectors\npositions\n1 1 0 0 x\nend positions\nend frame\n",
      "TL-7002",
      "line 8",
    ],
  ])("%s", async (name, content, code, where) => {
    await expect(readAll(file(name, content))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(where),
    });
  });

  test("a missing file and a damaged gzip file", async () => {
    await expect(readAll(join(FOLDER, "none.xyz"))).rejects.toMatchObject({ code: "TL-1002" });
    const broken = gzipSync("2\nx\n".repeat(1000)).subarray(0, 30);
    await expect(readAll(file("broken.gz", broken))).rejects.toMatchObject({ code: "TL-7002" });
  });
});
