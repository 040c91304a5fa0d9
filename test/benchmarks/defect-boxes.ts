/** Hot and defective boxes of aluminium and iron, simulated with LAMMPS and Debian's potentials; what each atom truly is, from its box at rest. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFrames } from "../../adapters/frames/read-frames.ts";
import type { Frame } from "../../src/domain/frame.ts";

const POTENTIALS = "/usr/share/lammps/potentials";

/**
 * A box with its defect, relaxed, held at T for some ps and written; then at rest (minimised) and written again. A boundary is the
 * Sigma 5 (210)[001] tilt boundary, two of them a box; vacancies are 2 % of the sites; a surface has 20 A of vacuum, both sides free.
 */
const INPUT = `units metal
atom_style atomic
boundary p p p
variable R equal \${A}*sqrt(5)
variable LX equal \${NX}*\${R}
variable LY equal 2*\${NY}*\${R}
variable LH equal \${NY}*\${R}-0.01
variable LZ equal \${NZ}*\${A}
if "\${KIND} == boundary" then "region box block 0 \${LX} 0 \${LY} 0 \${LZ} units box" else "lattice \${CELL} \${A}" "region box block 0 \${NX} 0 \${NY} 0 \${NZ}"
create_box 1 box
if "\${KIND} == boundary" then &
 "region lower block INF INF 0 \${LH} INF INF units box" &
 "region upper block INF INF \${LH} INF INF INF units box" &
 "lattice \${CELL} \${A} orient x 1 -2 0 orient y 2 1 0 orient z 0 0 1" &
 "create_atoms 1 region lower" &
 "lattice \${CELL} \${A} orient x -1 -2 0 orient y 2 -1 0 orient z 0 0 1" &
 "create_atoms 1 region upper" &
else "create_atoms 1 box"
mass 1 \${M}
pair_style eam/fs
pair_coeff * * \${FILE}
neighbor 1.0 bin
if "\${KIND} == boundary" then "delete_atoms overlap $(0.5*v_A) all all compress yes"
if "\${KIND} == vacancies" then "delete_atoms porosity box 0.02 \${SEED} compress yes"
if "\${KIND} == surface" then "change_box all z delta -10 10 units box"
timestep 0.002
if "\${KIND} != liquid" then "minimize 1e-8 1e-8 500 1000"
reset_timestep 0
variable T2 equal 2*\${T}
if "\${KIND} == liquid" then "velocity all create $(4*v_T) \${SEED} mom yes rot no dist gaussian" "fix 1 all npt temp $(2.2*v_T) $(2.2*v_T) 0.1 iso 0 0 1.0" "run 2500" "unfix 1"
if "\${KIND} != liquid" then "velocity all create \${T2} \${SEED} mom yes rot no dist gaussian"
if "\${KIND} == surface" then "fix 1 all npt temp \${T} \${T} 0.1 x 0 0 1.0 y 0 0 1.0"
if "\${KIND} == boundary || \${CELL} == hcp" then "fix 1 all npt temp \${T} \${T} 0.1 aniso 0 0 1.0"
if "\${KIND} != surface && \${KIND} != boundary && \${CELL} != hcp" then "fix 1 all npt temp \${T} \${T} 0.1 iso 0 0 1.0"
run \${STEPS}
write_dump all custom \${OUT} id type x y z modify sort id format float %.4f
unfix 1
if "\${KIND} != liquid" then "minimize 1e-10 1e-10 2000 4000"
write_dump all custom \${OUT}.rest id type x y z modify sort id format float %.4f
`;

export type Cell = "fcc" | "hcp" | "bcc";
type Kind = "bulk" | "vacancies" | "surface" | "boundary" | "liquid";

export interface DefectBox {
  readonly element: "Al" | "Fe";
  readonly cell: Cell;
  readonly kind: Kind;
  readonly temperature_K: number;
  readonly seed: number;
  /** Cells along each edge; of a boundary, periods of sqrt(5) edges along x and in each grain along y. */
  readonly cells: readonly [number, number, number];
  readonly steps: number;
}

const MATERIALS = {
  Al: { mass_u: 26.98, potential: "Al_mm.eam.fs Al", edges: { fcc: 4.05, hcp: 2.86, bcc: 3.24 } },
  Fe: { mass_u: 55.845, potential: "Fe_mm.eam.fs Fe", edges: { fcc: 3.65, hcp: 2.5, bcc: 2.87 } },
} as const;

/** What a box is called. */
export function nameOf({ element, cell, kind, temperature_K, seed }: DefectBox): string {
  return `${element}_${cell}_${kind}_${temperature_K}_${seed}`;
}

/** Files of the hot box and of the same one at rest, made where they are not there yet; `undefined` without LAMMPS. */
export function simulateDefects(box: DefectBox, folder: string) {
  mkdirSync(folder, { recursive: true });
  const hot = join(folder, `${nameOf(box)}.dump`);
  const files = { hot, rest: `${hot}.rest` };
  if (existsSync(files.rest)) return files;
  const input = join(folder, "in.defects");
  writeFileSync(input, INPUT);
  const { mass_u, potential, edges } = MATERIALS[box.element];
  const [nx, ny, nz] = box.cells;
  const variables: Record<string, string | number> = {
    ...{ CELL: box.cell, A: edges[box.cell], M: mass_u, FILE: `${POTENTIALS}/${potential}` },
    ...{ KIND: box.kind, T: box.temperature_K, SEED: box.seed, OUT: hot },
    ...{ NX: nx, NY: ny, NZ: nz, STEPS: box.steps },
  };
  const words = Object.entries(variables).flatMap(([key, value]) => ["-var", key, String(value)]);
  const { status } = spawnSync("lmp", ["-log", "none", "-screen", "none", "-in", input, ...words], {
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  return status === 0 ? files : undefined;
}

/** Where an atom stands: in perfect crystal, in perfect first shells beside a defect, in the defect itself, or in a liquid. */
export type Place = "bulk" | "beside" | "defect" | "liquid";

/** Radii between the first shell of a crystal and the next (bcc: the first two shells), in edges, and neighbours within. */
const SHELLS = {
  fcc: { radius: (Math.SQRT1_2 + 1) / 2, neighbours: 12 },
  hcp: { radius: (1 + Math.SQRT2) / 2, neighbours: 12 },
  bcc: { radius: (1 + Math.SQRT2) / 2, neighbours: 14 },
} as const;

/**
 * Each atom's place by the box at rest: an atom that has not the neighbours of its crystal is of the defect, its own neighbours are
 * beside it. An atom next to a vacancy lacks a neighbour, yet stands on a site of the crystal: there it counts as beside.
 */
export function placesOf(box: DefectBox, rest: Frame): Place[] {
  if (box.kind === "liquid") return new Array<Place>(rest.atoms).fill("liquid");
  const { radius, neighbours } = SHELLS[box.cell];
  const lists = neighboursWithin(rest, radius * MATERIALS[box.element].edges[box.cell]);
  const isWhole = lists.map((own) => own.length === neighbours);
  return lists.map((own, a) => {
    if (isWhole[a]) return own.every((b) => isWhole[b]) ? "bulk" : "beside";
    return box.kind === "vacancies" && own.length < neighbours ? "beside" : "defect";
  });
}

/** Atoms nearer than `radius_A` in a rectangular periodic box, longer than twice that. */
function neighboursWithin({ atoms, positions, cell }: Frame, radius_A: number): number[][] {
  const edges = [cell[0] ?? 1, cell[4] ?? 1, cell[8] ?? 1];
  const lists = Array.from({ length: atoms }, (): number[] => []);
  for (let a = 0; a < atoms; a++) {
    for (let b = 0; b < a; b++) {
      let d2 = 0;
      for (let k = 0; k < 3 && d2 < radius_A ** 2; k++) {
        const d = positions[3 * a + k]! - positions[3 * b + k]!;
        d2 += (d - edges[k]! * Math.round(d / edges[k]!)) ** 2;
      }
      if (d2 >= radius_A ** 2) continue;
      lists[a]!.push(b);
      lists[b]!.push(a);
    }
  }
  return lists;
}

/** The one frame of a file. */
export async function onlyFrame(path: string): Promise<Frame> {
  for await (const { frame } of readFrames(path)) return frame;
  throw new Error(`${path} holds no frame`);
}
