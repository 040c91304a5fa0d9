"""OVITO's polyhedral template matching on the dumps that structure-defects.bench.ts writes.

    python3 -m venv /tmp/venv-ovito && /tmp/venv-ovito/bin/pip install ovito==3.17.2

One JSON job on standard input: `files`, `rmsd` (cutoffs). One JSON answer: for each file and cutoff one letter an atom in the
order of the file: f(cc), h(cp), b(cc), o(ther).
"""

import json
import sys

from ovito.io import import_file
from ovito.modifiers import PolyhedralTemplateMatchingModifier as Matching

LETTERS = {Matching.Type.FCC: "f", Matching.Type.HCP: "h", Matching.Type.BCC: "b"}


def match(path, rmsd):
    pipeline = import_file(path, sort_particles=True)
    pipeline.modifiers.append(Matching(rmsd_cutoff=rmsd))
    found = pipeline.compute().particles["Structure Type"]
    return "".join(LETTERS.get(Matching.Type(int(kind)), "o") for kind in found)


job = json.load(sys.stdin)
json.dump([[match(path, rmsd) for rmsd in job["rmsd"]] for path in job["files"]], sys.stdout)
