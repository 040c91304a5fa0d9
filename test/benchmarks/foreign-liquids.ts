/** Liquids of metals that no model was trained on, and known phases beyond their training temperatures, simulated with LAMMPS and Debian's potentials. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const POTENTIALS = "/usr/share/lammps/potentials";

/** Melted at twice the temperature, held for 5 ps, four frames 0.5 ps apart; zero pressure. */
const INPUT = `units metal
atom_style atomic
boundary p p p
lattice \${LAT} \${A}
region box block 0 \${N} 0 \${N} 0 \${N}
create_box 1 box
create_atoms 1 box
mass 1 \${M}
pair_style \${STYLE}
pair_coeff * * \${FILE}
neighbor 1.0 bin
timestep 0.002
velocity all create \${TH} \${SEED} mom yes rot no dist gaussian
fix 1 all npt temp \${TH} \${TH} 0.1 iso 0.0 0.0 1.0
run 2500
unfix 1
fix 1 all npt temp \${T} \${T} 0.1 iso 0.0 0.0 1.0
run 2500
dump 1 all custom 250 \${OUT} id type x y z
dump_modify 1 sort id format float %.4f
run 750
`;

export interface Melt {
  readonly name: string;
  readonly lattice: string;
  readonly edge_A: number;
  readonly cells: number;
  readonly mass_u: number;
  readonly style: string;
  /** File of the potential, and the element where it holds several. */
  readonly potential: string;
  readonly temperature_K: number;
}

const fcc = { lattice: "fcc", cells: 5, style: "eam" };

/** Some fifth above each melting point. */
export const FOREIGN_LIQUIDS: readonly Melt[] = [
  { ...fcc, name: "cu", edge_A: 3.61, mass_u: 63.546, potential: "Cu_u3.eam", temperature_K: 1600 },
  { ...fcc, name: "ni", edge_A: 3.52, mass_u: 58.69, potential: "Ni_u3.eam", temperature_K: 2000 },
  { ...fcc, name: "ag", edge_A: 4.09, mass_u: 107.87, potential: "Ag_u3.eam", temperature_K: 1400 },
  { ...fcc, name: "au", edge_A: 4.08, mass_u: 196.97, potential: "Au_u3.eam", temperature_K: 1500 },
  {
    name: "fe",
    lattice: "bcc",
    edge_A: 2.87,
    cells: 6,
    mass_u: 55.845,
    style: "eam/fs",
    potential: "Fe_mm.eam.fs Fe",
    temperature_K: 2100,
  },
  {
    ...fcc,
    name: "mg",
    edge_A: 4.5,
    mass_u: 24.305,
    style: "eam/fs",
    potential: "Mg_mm.eam.fs Mg",
    temperature_K: 1100,
  },
];

/** The dump of a melt, made where it is not there yet; `undefined` without LAMMPS. */
export function simulateMelt(melt: Melt, folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const out = join(folder, `${melt.name}_liquid.dump`);
  if (existsSync(out)) return out;
  const input = join(folder, "in.melt");
  writeFileSync(input, INPUT);
  const variables: Record<string, string | number> = {
    LAT: melt.lattice,
    A: melt.edge_A,
    N: melt.cells,
    M: melt.mass_u,
    STYLE: melt.style,
    FILE: `${POTENTIALS}/${melt.potential}`,
    T: melt.temperature_K,
    TH: 2 * melt.temperature_K,
    SEED: 11,
    OUT: out,
  };
  const words = Object.entries(variables).flatMap(([key, value]) => ["-var", key, String(value)]);
  const { status } = spawnSync("lmp", ["-log", "none", "-screen", "none", "-in", input, ...words], {
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  return status === 0 ? out : undefined;
}
