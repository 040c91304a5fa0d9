"""Makes a known truth for Tieline of a binary in a thermodynamic database: what is stable at each temperature and composition.

    pip install pycalphad
    python3 make_truth.py alzn_mey.tdb AL ZN --temperatures 400:960:20 --compositions 51 --out al-zn.csv
    tieline evaluate phase-diagram --truth al-zn.csv --axes T_K,x_B

The Gibbs energies of all phases are sampled on a fine grid and the lower hull is taken, in place of an equilibrium at each point:
no point is left empty, both ends of every tie-line are found, and the two sides of a miscibility gap are told apart by composition
(`#1` has more of the second element). Temperatures outside of the database's are refused.
"""
import argparse
import csv
import re
import sys


def lower_hull(x, g):
    """Indices of the points on the lower convex hull of (x, g), from left to right (Andrew's monotone chain)."""
    order = sorted(range(len(x)), key=lambda k: (x[k], g[k]))
    hull = []
    for k in order:
        if hull and x[hull[-1]] == x[k]:
            continue  # the lowest of a composition came first
        while len(hull) >= 2:
            a, b = hull[-2], hull[-1]
            if (g[b] - g[a]) * (x[k] - x[a]) >= (g[k] - g[a]) * (x[b] - x[a]):
                hull.pop()
            else:
                break
        hull.append(k)
    return hull


def fields(x, g, phase, gap):
    """Stretches of composition along the hull: (from, to, [phases], [their compositions]), left to right.

    Neighbours on the hull that are of one phase and nearer than `gap` are a single phase; farther apart, a miscibility gap.
    """
    hull = lower_hull(x, g)
    found = []
    start = x[hull[0]]
    for a, b in zip(hull, hull[1:]):
        if phase[a] == phase[b] and x[b] - x[a] < gap:
            continue
        found.append((start, x[a], [phase[a]], [None]))
        names = [phase[a], phase[b]]
        if phase[a] == phase[b]:
            names = [f"{phase[a]}#2", f"{phase[b]}#1"]
        found.append((x[a], x[b], names, [x[a], x[b]]))
        start = x[b]
    found.append((start, x[hull[-1]], [phase[hull[-1]]], [None]))
    return found


def row_at(t, at, stretches, step):
    """One row of the truth: phases with amounts and compositions by the lever rule."""
    tiny = 1e-9
    for low, high, names, ends in stretches:
        if not low - tiny <= at <= high + tiny:
            continue
        if len(names) == 1:
            return dict(T_K=t, x_B=at, phases=names[0], n_phases=1, phase_1=names[0], f_1=1, x_1_A=1 - at, x_1_B=at)
        share = (at - ends[0]) / (ends[1] - ends[0])
        both = sorted(zip(names, [1 - share, share], ends))
        row = dict(T_K=t, x_B=at, phases="+".join(name for name, _, _ in both), n_phases=2)
        for k, (name, amount, end) in enumerate(both, 1):
            row.update({f"phase_{k}": name, f"f_{k}": amount, f"x_{k}_A": 1 - end, f"x_{k}_B": end})
        return row
    raise ValueError(f"nothing is stable at {at} and {t} K: the grid of {step} does not reach it")


def energies(database, elements, t, points):
    """Compositions (of the second element), Gibbs energies (J/mol of atoms) and phase of every sampled point at one temperature."""
    from pycalphad import Database, calculate, variables as v
    from pycalphad.core.utils import filter_phases, unpack_species

    db = database if isinstance(database, Database) else Database(database)
    components = [*elements, "VA"]
    phases = filter_phases(db, unpack_species(db, components))
    x, g, phase = [], [], []
    for name in phases:
        result = calculate(db, components, name, T=t, P=101325, N=1, pdens=points, output="GM")
        own = result.X.sel(component=elements[1]).values.ravel()
        x.extend(float(value) for value in own)
        g.extend(float(value) for value in result.GM.values.ravel())
        phase.extend([name] * own.size)
    return x, g, phase


def limits_of(expressions):
    """The range of temperatures, K, that all piecewise expressions cover: their texts name it as `And(T < 700.0, 298.0 <= T)`."""
    lows, highs = [0.0], [float("inf")]
    for text in map(str, expressions):
        lows.extend([min(map(float, found))] if (found := re.findall(r"([\d.]+) <= T", text)) else [])
        highs.extend([max(map(float, found))] if (found := re.findall(r"T < ([\d.]+)", text)) else [])
    return max(lows), min(highs)


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("database")
    ask.add_argument("elements", nargs=2)
    ask.add_argument("--temperatures", default="400:960:20", help="from:to:step, K")
    ask.add_argument("--compositions", type=int, default=51, help="points from 0 to 1")
    ask.add_argument("--points", type=int, default=2000, help="samples of each phase's energies")
    ask.add_argument("--out", required=True)
    given = ask.parse_args()
    from pycalphad import Database

    database = Database(given.database)
    first, last, step = (float(part) for part in given.temperatures.split(":"))
    low, high = limits_of(database.symbols.values())
    if first < low or last > high:
        sys.exit(f"The database speaks of {low:g} to {high:g} K, not of {first:g} to {last:g} K.")
    names = "T_K x_B phases n_phases phase_1 f_1 x_1_A x_1_B phase_2 f_2 x_2_A x_2_B".split()
    with open(given.out, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, names, lineterminator="\n")
        table.writeheader()
        t = first
        while t <= last + 1e-6:
            x, g, phase = energies(database, given.elements, t, given.points)
            stretches = fields(x, g, phase, gap=20 / given.points)
            for k in range(given.compositions):
                at = k / (given.compositions - 1)
                row = row_at(t, at, stretches, 1 / given.points)
                table.writerow({key: _short(value) for key, value in row.items()})
            t += step


def _short(value):
    return f"{value:.5f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
