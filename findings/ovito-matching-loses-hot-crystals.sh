#!/usr/bin/env bash
# OVITO (PyPI ovito==3.17.2): polyhedral template matching as it comes calls a large part of a hot crystal "other".
#
# Expected: in fcc whose atoms are off their sites by 0.11 of the neighbour distance (root mean square, three axes: what real
# crystals reach near melting) most atoms are FCC.
# Seen: the default limit of 0.1 on the RMSD leaves four of ten; 0.15 next to none. Real aluminium and iron at 0.9 of the melting point
# are alike (docs/structure.md). Without a limit (0) nine of ten atoms of a liquid are crystals.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check ovito==3.17.2
cat > "$work/try.py" <<'PY'
import numpy as np
from ovito.data import DataCollection, SimulationCell
from ovito.modifiers import PolyhedralTemplateMatchingModifier as Matching
from ovito.pipeline import Pipeline, StaticSource

n = 8
sites = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
cells = np.stack(np.meshgrid(*[np.arange(n)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
places = 4.05 * (cells + sites).reshape(-1, 3)
off = 0.11 * 4.05 / np.sqrt(2) / np.sqrt(3)
places += off * np.random.default_rng(1).standard_normal(places.shape)
data = DataCollection()
data.create_cell(np.diag([4.05 * n] * 3), pbc=(True, True, True))
data.create_particles(count=len(places)).create_property("Position", data=places)
for cutoff in (None, 0.15):
    step = Matching() if cutoff is None else Matching(rmsd_cutoff=cutoff)
    pipeline = Pipeline(source=StaticSource(data=data))
    pipeline.modifiers.append(step)
    kinds = pipeline.compute().particles["Structure Type"][...]
    print(f"limit {step.rmsd_cutoff:g}: fcc {np.mean(kinds == int(Matching.Type.FCC)):.3f}")
PY
"$work/env/bin/pip" freeze | grep -iE '^(ovito|numpy)='
"$work/env/bin/python" -W ignore "$work/try.py" | tee "$work/seen"
awk '/limit 0.1:/ { low = $4 } /limit 0.15:/ { high = $4 } END { exit !(low < 0.75 && high > 0.95) }' "$work/seen"
