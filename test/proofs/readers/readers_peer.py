"""Reads generated files with ASE and pandas: what another reader sees. Jobs come as JSON lines, answers go out as JSON lines.

    python3 -m venv /tmp/venv-readers && /tmp/venv-readers/bin/pip install ase==3.29.0 pandas==3.1.1
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
from ase.io import read
from pandas.api.types import is_bool_dtype, is_numeric_dtype

warnings.filterwarnings("ignore")
FORMATS = {"extxyz": "extxyz", "dump": "lammps-dump-text", "xsf": "xsf"}


def read_frames(path, job):
    frames = read(path, index=":", format=FORMATS[job["format"]])
    return {
        "frames": [
            {
                "positions": frame.positions.tolist(),
                "cell": np.asarray(frame.cell).tolist(),
                "periodic": [bool(p) for p in frame.pbc],
                "species": frame.get_chemical_symbols(),
            }
            for frame in frames
        ]
    }


def number(value):
    """JSON has no infinity."""
    if pd.isna(value):
        return None
    return float(value) if np.isfinite(value) else str(value)


def read_table(path, job):
    table = pd.read_csv(
        path,
        sep=job["separator"],
        decimal=job["decimal"],
        encoding=job["encoding"],
        skiprows=job["skip"],
        skipinitialspace=True,
        float_precision="round_trip",
        index_col=False,
    )
    columns = []
    for name in table.columns:
        column = table[name]
        if is_numeric_dtype(column) and not is_bool_dtype(column):
            values = [number(v) for v in column]
        else:
            values = [None if pd.isna(v) else str(v) for v in column]
        columns.append({"name": str(name), "values": values})
    return {"columns": columns}


for line in sys.stdin:
    job = json.loads(line)
    try:
        way = read_table if job["format"] == "table" else read_frames
        answer = way(job["path"], job)
    except Exception as error:
        answer = {"refused": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
