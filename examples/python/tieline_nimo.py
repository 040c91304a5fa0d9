"""NIMO's `selection`, answered by Tieline: the same table in, the same proposals.csv out.

    from tieline_nimo import selection      # in place of: from nimo import selection

    selection(method="PHYSBO", input_file="candidates.csv", output_file="proposals.csv", num_objectives=1, num_proposals=2)

`method` "PDC" maps phases (the last column is the label), every other one optimises (the last `num_objectives` columns, larger is better).
The program `tieline` must be on the path, or TIELINE names it. Needs nothing but Python 3.9.

With `page="http://127.0.0.1:8080", campaign="powder", by="ada"` the campaign of a running daemon chooses instead (tieline_client.py
beside this file): its jobs are the proposals, what the loop wrote into the table is reported, and what waits for approval is waited for.
"""
import csv
import json
import math
import os
import shlex
import subprocess
import time

NO_LABEL = {"", "nan", "na", "n/a", "none", "null", "-", "?"}


def selection(method, input_file, output_file, num_objectives=1, num_proposals=1, re_seed=None,
              page=None, campaign=None, by=None, key=None, units=None, **_):
    """Writes the proposals as NIMO does: a column `actions` with the row of each candidate, then its inputs.

    With `page` and `campaign` a running daemon chooses: what the table has of the jobs that it asked is reported in the name of `by`
    (`units`: of each result column, "1" otherwise), then its next jobs are waited for, approval and all. No rows: the campaign is over.
    """
    with open(input_file, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    inputs, results = header[:-num_objectives], header[-num_objectives:]
    if page is None:
        points = _suggested(method, input_file, inputs, results, num_proposals, re_seed)
    else:
        from tieline_client import Tieline
        lab = Tieline(page, by=by, key=key)
        table = _Table(method, rows, inputs, results, units or {})
        points = table.next_jobs(lab, campaign, num_proposals)
    with open(output_file, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["actions", *inputs])
        writer.writerows([point["row"], *(point["parameters"][name] for name in inputs)] for point in points)
    return [point["row"] for point in points]


def _suggested(method, input_file, inputs, results, num_proposals, re_seed):
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
    return json.loads(done.stdout)["points"]


class _Table:
    """The loop's table beside the jobs of a daemon: the same candidates, the rows in any order."""

    def __init__(self, method, rows, inputs, results, units):
        self.method, self.rows, self.inputs, self.results, self.units = method, rows, inputs, results, units

    def next_jobs(self, lab, campaign, count):
        from tieline_client import OVER
        while True:
            batch = lab.batch(campaign)
            jobs = [{"row": self._row_of(job["parameters"]), **job} for job in batch["asked"]]
            done = [job for job in jobs if self._is_measured(job)]
            for job in done:
                lab.report(campaign, job_id=job["jobId"], observations=self._observations(job))
            open_jobs = [job for job in jobs if job not in done]
            if open_jobs or batch["state"].split(".")[0] in OVER:
                return open_jobs[:count]
            if not done:
                time.sleep(0.5)

    def _row_of(self, parameters):
        for row, cells in enumerate(self.rows):
            if all(_same(parameters[name], cells[k]) for k, name in enumerate(self.inputs)):
                return row
        raise RuntimeError(f"no row of the table is the point that was asked: {parameters}")

    def _found(self, job):
        return [cell.strip() for cell in self.rows[job["row"]][len(self.inputs):]]

    def _is_measured(self, job):
        """As NIMO has it: a number in every result column; what is empty, nan or a word is asked again. A label is any word but those for none."""
        found = self._found(job)
        if self.method == "PDC":
            return found[-1].lower() not in NO_LABEL
        return all(_is_number(cell) for cell in found)

    def _observations(self, job):
        found = self._found(job)
        if self.method == "PDC":
            return [{"kind": "phases", "phases": found[-1].split("+")}]
        return [{"kind": "objective", "name": name, "value": float(value), "unit": self.units.get(name, "1")}
                for name, value in zip(self.results, found)]


def _is_number(cell):
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _same(asked, cell):
    try:
        return abs(float(asked) - float(cell)) <= 1e-9 * max(1.0, abs(float(asked)))
    except ValueError:
        return str(asked) == cell


def _quoted(name):
    return f'"{name}"' if "," in name or " " in name or ":" in name else name
