#!/usr/bin/env bash
# pymatgen's X-ray pattern of a lanthanum, cerium or zirconium compound is off by per cents at low angles.
#
# Versions: pymatgen==2026.10.24 (pymatgen-core 2026.10.16), xraydb==4.5.8, gemmi==0.7.5.
# Expected: XRDCalculator's scattering factor agrees with the International Tables (as gemmi has them) and with Waasmaier and
#   Kirfel (1995, as xraydb has them) to some hundredths of an electron; those two agree to 0.02.
# Seen: its factors come from electron scattering by f = Z - 41.78 s^2 sum a exp(-b s^2), and are 1.26 electrons too large for La at
#   s = 0.115/A, 1.15 for Ce, 0.6 for Zr; Ti, V, O, Mn are right to 0.01. A line where La and V oppose each other (LaVO4, 1 -1 0) is 6 %
#   too strong. Nothing is said of it. Exits non-zero if that changes.
# Consequence for us: factors are taken from the International Tables; beside pymatgen LaVO4 differs by 1.3 % of the
#   strongest line (all others below 1 %), beside gemmi by less than 0.01 %.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pymatgen==2026.10.24 xraydb==4.5.8 gemmi==0.7.5
"$work/venv/bin/python" - <<'PY'
import json
import os

import gemmi
import numpy as np
import xraydb
import pymatgen.analysis.diffraction as diffraction

table = json.load(open(os.path.join(os.path.dirname(diffraction.__file__), "atomic_scattering_params.json")))
s = 0.1147
off = {}
for name in ("La", "Ce", "Zr", "Ti", "V", "O"):
    element = gemmi.Element(name)
    it = element.it92
    tables = sum(a * np.exp(-b * s * s) for a, b in zip(it.a, it.b)) + it.c
    waasmaier = float(xraydb.f0(name, s)[0])
    c = np.array(table[name])
    pymatgen = element.atomic_number - 41.78214 * s * s * np.sum(c[:, 0] * np.exp(-c[:, 1] * s * s))
    off[name] = pymatgen - tables
    print(f"{name:2} at s = {s}: International Tables {tables:.3f}, Waasmaier-Kirfel {waasmaier:.3f}, pymatgen {pymatgen:.3f}")
    assert abs(tables - waasmaier) < 0.02
seen = off["La"] > 1 and off["Ce"] > 1 and off["Zr"] > 0.5 and all(abs(off[n]) < 0.02 for n in ("Ti", "V", "O"))
print("seen as described" if seen else "changed")
raise SystemExit(0 if seen else 1)
PY
