"""Active learning of a phase diagram as PDC, NIMO and AIPHAD do it: scikit-learn refitted for each proposal.

    python phase_diagram_peer.py TRUTH.csv --axes A,B,C --label phases [--method LP|LS] [--score LC|MS|EA|RS]
        [--initial 9] [--budget 130] [--seeds 2] [--gamma 20] [--states]

Composition axes go to the triangle, every axis is z-scored, the model is LabelPropagation (or LabelSpreading) with the
library's defaults but for gamma, the next point is the argmax of the score. Prints one JSON document with the fields of
`tieline evaluate phase-diagram --json`; with --states also the probabilities of the last model, for comparisons.
"""

import argparse
import csv
import json
import time
import warnings

import numpy as np
from sklearn.semi_supervised import LabelPropagation, LabelSpreading


def read(path, axes, label):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    values = np.array([[float(row[axis]) for axis in axes] for row in rows])
    return values, np.array([row[label] for row in rows])


def coordinates(values):
    """The first three axes to the triangle where they sum to a constant, then a z-score per axis."""
    parts = values[:, :3].sum(axis=1) if values.shape[1] >= 3 else None
    if parts is not None and np.allclose(parts, parts[0], rtol=2e-3):
        a, b, c = (values[:, :3] / parts[:, None]).T
        values = np.column_stack([a / 2 + c, np.sqrt(3) / 2 * a, values[:, 3:]])
    return (values - values.mean(axis=0)) / values.std(axis=0)


def macro_f1(truth, guess, names):
    scores = []
    for name in names:
        both = np.sum((truth == name) & (guess == name))
        scores.append(2 * both / (np.sum(truth == name) + np.sum(guess == name)))
    return float(np.mean(scores))


def score_of(name, probabilities, rng):
    if name == "RS":
        return rng.random(len(probabilities))
    if name == "LC":
        return 1 - probabilities.max(axis=1)
    if name == "MS":
        top = np.sort(probabilities, axis=1)
        return 1 - (top[:, -1] - top[:, -2])
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(probabilities * np.log(probabilities), axis=1)


def campaign(points, truth, seed, args):
    rng = np.random.default_rng(seed)
    names = np.unique(truth)
    sampled = list(rng.choice(len(points), args.initial, replace=False))
    run = {"seed": seed, "samples": [], "macroF1": [], "phasesFound": [], "proposal_ms": []}
    probabilities = None
    while True:
        begun = time.perf_counter()
        known, code = np.unique(truth[sampled], return_inverse=True)
        labels = np.full(len(points), -1)
        labels[sampled] = code
        kind = LabelPropagation if args.method == "LP" else LabelSpreading
        model = kind(gamma=args.gamma).fit(points, labels)
        probabilities = model.label_distributions_
        free = np.ones(len(points), dtype=bool)
        free[sampled] = False
        score = np.where(free, score_of(args.score, probabilities, rng), -np.inf)
        following = int(np.argmax(score))
        run["proposal_ms"].append(1e3 * (time.perf_counter() - begun))
        run["samples"].append(len(sampled))
        run["macroF1"].append(macro_f1(truth, known[probabilities.argmax(axis=1)], names))
        run["phasesFound"].append(len(known))
        if len(sampled) >= args.budget:
            break
        sampled.append(following)
    run["sampled"] = [int(i) for i in sampled]
    if args.states:
        run["labels"] = [str(name) for name in known]
        run["iterations"] = int(model.n_iter_)
        run["probabilities"] = probabilities.tolist()
    return run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("truth")
    parser.add_argument("--axes", required=True)
    parser.add_argument("--label", default="phases")
    parser.add_argument("--method", choices=["LP", "LS"], default="LP")
    parser.add_argument("--score", choices=["LC", "MS", "EA", "RS"], default="LC")
    parser.add_argument("--initial", type=int, default=9)
    parser.add_argument("--budget", type=int, default=130)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--gamma", type=float, default=20)
    parser.add_argument("--states", action="store_true")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    values, truth = read(args.truth, args.axes.split(","), args.label)
    points = coordinates(values)
    runs = [campaign(points, truth, seed, args) for seed in range(1, args.seeds + 1)]
    print(json.dumps({"candidates": len(points), "phases": len(np.unique(truth)), "runs": runs}))


if __name__ == "__main__":
    main()
