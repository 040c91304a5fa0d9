"""NIMO's `selection`, answered by Tieline: the same table in, the same proposals.csv out.

    from tieline_nimo import selection      # in place of: from nimo import selection

    selection(method="PHYSBO", input_file="candidates.csv", output_file="proposals.csv", num_objectives=1, num_proposals=2)

`method` "PDC" maps phases (the last column is the label), every other one optimises (the last `num_objectives` columns, larger is better).
The program `tieline` must be on the path, or TIELINE names it. Needs nothing but Python 3.9.
"""
import csv
import json
import os
import shlex
import subprocess


def selection(method, input_file, output_file, num_objectives=1, num_proposals=1, re_seed=None, **_):
    """Writes the proposals as NIMO does: a column `actions` with the row of each candidate, then its inputs."""
    with open(input_file, newline="", encoding="utf-8") as file:
        header = next(csv.reader(file))
    inputs, results = header[:-num_objectives], header[-num_objectives:]
    command = shlex.split(os.environ.get("TIELINE", "tieline")) + [
        "suggest", "--candidates", input_file, "--batch", str(num_proposals), "--seed", str(re_seed or 1), "--json",
        "--axes", ",".join(_quoted(name) for name in inputs)]
    if method == "PDC":
        command += ["--goal", "phase-diagram", "--label", results[-1]]
    else:
        command += ["--goal", "optimise", "--objectives", ",".join(f"{_quoted(name)}:max" for name in results)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    points = json.loads(done.stdout)["points"]
    with open(output_file, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["actions", *inputs])
        writer.writerows([point["row"], *(point["parameters"][name] for name in inputs)] for point in points)
    return [point["row"] for point in points]


def _quoted(name):
    return f'"{name}"' if "," in name or " " in name or ":" in name else name
