import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFrames } from "../../adapters/frames/read-frames.ts";
import type { Frame } from "../../src/domain/frame.ts";
import { describeAtoms, etaGrid } from "../../src/models/structure/laaf.ts";
import { hasLammps } from "./lammps-laboratory.ts";

const isHere = hasLammps();
const folder = mkdtempSync(join(tmpdir(), "tieline-dumps-"));
const SETTINGS = {
  cutoff_A: 5,
  average_A: 4,
  etas_A: etaGrid(5),
  speciesCount: 1,
  averageOver: "all" as const,
};

/** A tilted box of hot silicon; atoms leave it in 200 steps, and every dump shows the same moment. */
const INPUT = `
units metal
atom_style atomic
boundary p p p
lattice diamond 5.431
region box prism 0 3 0 3 0 2 0.6 -0.4 0.9
create_box 1 box
create_atoms 1 box
mass 1 28.0855
pair_style sw
pair_coeff * * /usr/share/lammps/potentials/Si.sw Si
velocity all create 6000 11 mom no
velocity all set 12 -9 15 sum yes
fix 1 all nve
timestep 0.001
dump a all custom 200 wrapped.dump id type x y z
dump b all custom 200 unwrapped.dump id type xu yu zu
dump c all custom 200 scaled.dump id type xs ys zs
dump d all custom 200 scaled-unwrapped.dump.gz id type xsu ysu zsu
dump e all custom 200 named.dump id element x y z vx
dump_modify a format float %.10f
dump_modify b format float %.10f
dump_modify c format float %.14f
dump_modify d format float %.14f
dump_modify e element Si format float %.10f
run 200
`;

beforeAll(() => {
  if (!isHere) return;
  writeFileSync(join(folder, "in.lmp"), INPUT);
  execFileSync("lmp", ["-in", "in.lmp", "-log", "none", "-screen", "none"], { cwd: folder });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lastFrame(name: string): Promise<Frame> {
  let last: Frame | undefined;
  for await (const { frame } of readFrames(join(folder, name))) last = frame;
  if (last === undefined) throw new Error(`${name} is empty`);
  return last;
}

/** Descriptors by atom id, since LAMMPS writes atoms in any order. */
async function describeFile(name: string): Promise<Float64Array> {
  const frame = await lastFrame(name);
  return describeAtoms({ ...frame, species: new Int32Array(frame.atoms) }, SETTINGS);
}

describe(isHere ? "dumps that LAMMPS writes" : "skipped, there is no lmp", () => {
  test.skipIf(!isHere)("atoms have left the box, and the unwrapped ones lie outside", async () => {
    const frame = await lastFrame("unwrapped.dump");
    expect(Math.max(...frame.positions)).toBeGreaterThan(3 * 5.431 + 1.5);
  });

  test
    .skipIf(!isHere)
    .each(["unwrapped.dump", "scaled.dump", "scaled-unwrapped.dump.gz", "named.dump"])(
    "%s gives the same descriptors as the wrapped one",
    async (name) => {
      const expected = await describeFile("wrapped.dump");
      const found = await describeFile(name);
      expect(found.length).toBe(expected.length);
      const worst = found.reduce((most, v, k) => {
        return Math.max(
          most,
          Math.abs(v - (expected[k] ?? 0)) / (1e-9 + Math.abs(expected[k] ?? 0)),
        );
      }, 0);
      expect(worst).toBeLessThan(1e-6);
    },
  );
});
