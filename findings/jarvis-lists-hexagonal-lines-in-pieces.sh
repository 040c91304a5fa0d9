#!/usr/bin/env bash
# jarvis-tools 2026.6.12: its powder pattern of a hexagonal crystal has each line in two pieces, a third and two thirds of it.
#
# Expected: one entry a line, so that of magnesium (100), (002), (101) are 24 : 27 : 100, as cards have it.
# Seen: the cell is rounded on its way, equivalent reflections lie 0.0003 degrees apart, and what differs by more than 0.00001 is listed for
# itself. With the strongest entry at 100 the whole line (002) is 40; the three strongest entries are two lines.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check jarvis-tools==2026.6.12
cat > "$work/try.py" <<'PY'
from importlib.metadata import version
from math import sqrt
from jarvis.analysis.diffraction.xrd import XRD
from jarvis.core.atoms import Atoms

print("jarvis-tools", version("jarvis-tools"))
a, c = 3.21, 5.21
magnesium = Atoms(
    lattice_mat=[[a, 0, 0], [-a / 2, a * sqrt(3) / 2, 0], [0, 0, c]],
    coords=[[1 / 3, 2 / 3, 1 / 4], [2 / 3, 1 / 3, 3 / 4]],
    elements=["Mg", "Mg"],
)
angles, _, intensities = XRD().simulate(atoms=magnesium)
strongest = max(intensities)
for angle, intensity in sorted(zip(angles, intensities))[:5]:
    print(f"{angle:.3f} {100 * intensity / strongest:.0f}")
PY
seen=$("$work/env/bin/python" -W ignore "$work/try.py")
echo "$seen"
[ "$(tail -n +2 <<< "$seen" | cut -d' ' -f2 | xargs)" = "12 24 40 50 100" ]
[ "$(tail -n +2 <<< "$seen" | cut -c1-4 | xargs)" = "32.2 32.2 34.4 36.6 36.6" ]
