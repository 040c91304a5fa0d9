#!/usr/bin/env bash
# chemfiles 0.10.4: a tilted box of a LAMMPS dump is read as its bounding box.
#
# Expected: `ITEM: BOX BOUNDS xy xz yz` is followed by the bounds of the box that encloses the tilted one, as LAMMPS documents ("xlo_bound = xlo +
# MIN(0.0,xy,xz,xy+xz)"): 0 to 14 with xy = 4 is a box of length 10, its volume 1000. ASE and MDAnalysis read it so.
# Seen: chemfiles takes 14 for the length. The volume is 1400 in place of 1000 (a density of .71), and scaled coordinates become other places: an
# atom at the middle of the box, (.5, .5, .5), comes to x = 9 in place of 7. No error and no warning.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: chemfiles==0.10.4 ase==3.29.0
"$work/env/bin/pip" freeze | grep -iE '^(chemfiles|ase)=='
cat > "$work/tilted.lammpstrj" <<'DUMP'
ITEM: TIMESTEP
1000
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS xy xz yz pp pp pp
0.0 14.0 4.0
0.0 10.0 0.0
0.0 10.0 0.0
ITEM: ATOMS id type element xs ys zs
1 1 Si 0.5 0.5 0.5
2 1 Si 0.0 0.5 0.0
DUMP
cat > "$work/try.py" <<'PY'
import sys
import ase.io, chemfiles

with chemfiles.Trajectory(sys.argv[1], "r", "LAMMPS") as trajectory:
    frame = trajectory.read()
print(f"chemfiles: volume {frame.cell.volume:.0f}, atom 1 at x = {frame.positions[0][0]:.1f}")
atoms = ase.io.read(sys.argv[1], format="lammps-dump-text")
print(f"ASE: volume {atoms.get_volume():.0f}, atom 1 at x = {atoms.positions[0][0]:.1f}")
PY
seen=$("$work/env/bin/python" "$work/try.py" "$work/tilted.lammpstrj" 2>/dev/null)
echo "$seen"
[ "$seen" = "chemfiles: volume 1400, atom 1 at x = 9.0
ASE: volume 1000, atom 1 at x = 7.0" ]
