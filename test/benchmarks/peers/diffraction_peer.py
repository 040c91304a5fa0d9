"""Lines of every CIF file of a folder as JSON: {program: {file: [[2theta], [intensity]]}}.

pip install pymatgen==2026.10.24 gemmi==0.7.5. pymatgen does all of it; gemmi gives |F|^2 of single reflections, which are put
together here with the Lorentz and polarisation factors.
"""

import glob
import itertools
import json
import math
import os
import sys
import warnings

import gemmi
from pymatgen.analysis.diffraction.xrd import XRDCalculator
from pymatgen.core import Structure

LAMBDA_A = 1.5406
FIRST_DEG, LAST_DEG = 10, 91

warnings.filterwarnings("ignore")
calculator = XRDCalculator(wavelength=LAMBDA_A)


def by_pymatgen(path):
    pattern = calculator.get_pattern(Structure.from_file(path), two_theta_range=(FIRST_DEG, LAST_DEG))
    return [float(v) for v in pattern.x], [float(v) for v in pattern.y]


def by_gemmi(path):
    small = gemmi.read_small_structure(path)
    small.change_occupancies_to_crystallographic()
    for site in small.sites:
        site.charge = 0
        site.u_iso = 0
    factors = gemmi.StructureFactorCalculatorX(small.cell)
    d_min = LAMBDA_A / 2 / math.sin(math.radians(LAST_DEG / 2))
    reach = [int(edge / d_min) + 1 for edge in (small.cell.a, small.cell.b, small.cell.c)]
    angles, intensities = [], []
    for hkl in itertools.product(*(range(-n, n + 1) for n in reach)):
        if hkl == (0, 0, 0) or small.cell.calculate_d(hkl) < d_min:
            continue
        theta = math.asin(LAMBDA_A / 2 / small.cell.calculate_d(hkl))
        if math.degrees(2 * theta) < FIRST_DEG:
            continue
        lorentz = (1 + math.cos(2 * theta) ** 2) / (math.sin(theta) ** 2 * math.cos(theta))
        angles.append(math.degrees(2 * theta))
        intensities.append(abs(factors.calculate_sf_from_small_structure(small, hkl)) ** 2 * lorentz)
    return angles, intensities


found = {"pymatgen": {}, "gemmi": {}}
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.cif"))):
    found["pymatgen"][os.path.basename(path)] = by_pymatgen(path)
    found["gemmi"][os.path.basename(path)] = by_gemmi(path)
json.dump(found, sys.stdout)
