#!/usr/bin/env bash
# pyFAI 2026.9.0: a pattern that is saved with its errors does not say what its first column is.
#
# Expected: `integrate1d(image, 500, unit="q_nm^-1", filename=...)` writes a head that names axis and unit, "#q_nm^-1  I", and with
# error_model="poisson" a third title, "sigma".
# Seen: with errors the head is a template that was never filled in, `#{str(dim1_unit):14s}  {'I':14s}  {'sigma':14s}`, whatever the unit; nothing
# else in the 20 lines of the head names it. Q in 1/nm, two theta in degrees or radians and a radius in mm are four files that differ by
# numbers only: who reads the first column as two theta sees a pattern. Without errors the head is right.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: pyFAI==2026.9.0
"$work/env/bin/pip" freeze | grep -iE '^(pyFAI)=='
cat > "$work/try.py" <<'PY'
import logging, os, sys, warnings
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
import numpy as np
from pyFAI.integrator.azimuthal import AzimuthalIntegrator

os.chdir(sys.argv[1])
beam = AzimuthalIntegrator(dist=0.2, poni1=0.01, poni2=0.01, pixel1=1e-4, pixel2=1e-4, wavelength=1e-10)
image = np.full((200, 200), 100.0)
for unit in ("q_nm^-1", "2th_deg"):
    for errors in (None, "poisson"):
        name = f"{unit}-{errors}.dat"
        beam.integrate1d(image, 25, unit=unit, filename=name, error_model=errors)
        head = [line.rstrip() for line in open(name) if line.startswith("#")]
        named = sum(unit in line for line in head if not line.startswith("# -->"))
        print(f"{unit}, errors {errors}: {' '.join(head[-1].split())} | lines that name the unit: {named}")
PY
seen=$("$work/env/bin/python" "$work/try.py" "$work" 2>/dev/null)
echo "$seen"
[ "$seen" = "q_nm^-1, errors None: #q_nm^-1 I | lines that name the unit: 1
q_nm^-1, errors poisson: #{str(dim1_unit):14s} {'I':14s} {'sigma':14s} | lines that name the unit: 0
2th_deg, errors None: #2th_deg I | lines that name the unit: 1
2th_deg, errors poisson: #{str(dim1_unit):14s} {'I':14s} {'sigma':14s} | lines that name the unit: 0" ]
