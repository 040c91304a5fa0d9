#!/usr/bin/env bash
# OVITO 3.17.2 (PyPI ovito): a LAMMPS dump that it read and wrote again has another kind of box, which LAMMPS itself refuses.
#
# Expected: the format "lammps/dump" of an orthogonal box (ITEM: BOX BOUNDS pp pp pp, low and high bounds, read from such a file) is
# written with bounds, and LAMMPS and the readers of its dumps take it.
# Seen: "BOX BOUNDS abc origin" and three vectors, the form of general triclinic boxes since 2024, whatever the box. LAMMPS 22 Jul 2025
# says that it does not support such dumps; chemfiles 0.10.4 refuses it; dpdata 1.1.0 finds a singular matrix; pymatgen-core 2026.10.16
# takes the vectors for bounds and gives a box of 11 x 11 x 0 A without a word; ASE 3.29.0 alone has it right. With
# restricted_triclinic=True, which by its documentation is about tilted cells, all is as it was.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: ovito==3.17.2 lammps==2025.7.22.4.0 mpich==4.3.2 ase==3.29.0 \
  pymatgen-core==2026.10.16 dpdata==1.1.0 chemfiles==0.10.4
cd "$work"
cat > in.dump <<'DUMP'
ITEM: TIMESTEP
0
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS pp pp pp
-1.0 10.0
0.0 11.0
0.0 12.0
ITEM: ATOMS id type x y z
1 1 0.5 1.0 2.0
2 2 5.0 6.0 7.0
DUMP
cat > write.py <<'PY'
from ovito.io import export_file, import_file
pipeline = import_file("in.dump")
columns = ["Particle Identifier", "Particle Type", "Position.X", "Position.Y", "Position.Z"]
export_file(pipeline, "out.dump", "lammps/dump", columns=columns)
export_file(pipeline, "restricted.dump", "lammps/dump", columns=columns, restricted_triclinic=True)
PY
cat > read.py <<'PY'
import logging, warnings
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)

def with_lammps(path):
    from lammps import lammps
    run = lammps(cmdargs=["-screen", "none", "-log", "none"])
    for line in f"""units metal
region box block -1 10 0 11 0 12
create_box 2 box
mass * 1.0
read_dump {path} 0 x y z box yes add yes""".splitlines():
        run.command(line)
    low, high = run.extract_box()[:2]
    assert run.get_natoms() == 2
    return [b - a for a, b in zip(low, high)]

def with_ase(path):
    from ase.io import read
    return read(path, format="lammps-dump-text").cell.lengths()

def with_pymatgen(path):
    from pymatgen.io.lammps.outputs import parse_lammps_dumps
    return next(parse_lammps_dumps(path)).box.to_lattice().abc

def with_dpdata(path):
    import dpdata
    return dpdata.System(path, fmt="lammps/dump")["cells"][0].diagonal()

def with_chemfiles(path):
    import chemfiles
    chemfiles.set_warnings_callback(lambda words: None)
    return chemfiles.Trajectory(path, format="LAMMPS").read().cell.lengths

for path in ("in.dump", "out.dump", "restricted.dump"):
    print(path + ":", open(path).read().splitlines()[4][6:])
    for read in (with_lammps, with_ase, with_pymatgen, with_dpdata, with_chemfiles):
        try:
            said = " x ".join(f"{float(x):.0f}" for x in read(path))
        except BaseException as error:  # chemfiles' errors are no Exception
            said = f"{type(error).__name__}: {str(error)[:62]}"
        print(" ", read.__name__[5:], said)
PY
QT_QPA_PLATFORM=offscreen env/bin/python write.py
seen=$(LD_LIBRARY_PATH="$work/env/lib" env/bin/python -W ignore read.py)
echo "$seen"
all="  lammps 11 x 11 x 12
  ase 11 x 11 x 12
  pymatgen 11 x 11 x 12
  dpdata 11 x 11 x 12
  chemfiles 11 x 11 x 12"
[ "$seen" = "in.dump: BOX BOUNDS pp pp pp
$all
out.dump: BOX BOUNDS abc origin pp pp pp
  lammps Exception: ERROR on proc 0: Dump files in general triclinic format are no
  ase 11 x 11 x 12
  pymatgen 11 x 11 x 0
  dpdata LinAlgError: Singular matrix
  chemfiles ChemfilesError: can not read box header in LAMMPS format: incomplete box dimen
restricted.dump: BOX BOUNDS pp pp pp
$all" ]
