#!/usr/bin/env bash
# OVITO (PyPI ovito==3.17.2): a dump of `x y zs`, lengths along two axes and the share of the box along the third, is read as three shares.
#
# Expected: x and y as they stand, z = zs times the box; or a refusal (ase 3.29.0 and MDAnalysis want three of a kind).
# Seen: all three are multiplied by the box, without a word: an atom at 1 1 2 A in a box of 4 A stands at 4 4 2 A. LAMMPS
# writes such a dump as it was asked to (`dump custom id type x y zs`).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check ovito==3.17.2
printf '%s\n' 'ITEM: TIMESTEP' 0 'ITEM: NUMBER OF ATOMS' 2 'ITEM: BOX BOUNDS pp pp pp' '0 4' '0 4' '0 4' \
  'ITEM: ATOMS id type x y zs' '1 1 1 1 0.5' '2 1 0.5 0.25 0.25' > "$work/mixed.dump"
cat > "$work/try.py" <<'PY'
import sys
from ovito.io import import_file

data = import_file(sys.argv[1]).compute()
print(data.particles.positions[...].tolist())
PY
"$work/env/bin/pip" freeze | grep -i '^ovito='
seen=$("$work/env/bin/python" -W ignore "$work/try.py" "$work/mixed.dump")
echo "$seen"
[ "$seen" = "[[4.0, 4.0, 2.0], [2.0, 1.0, 1.0]]" ]
