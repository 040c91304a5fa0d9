"""Plays BoTorch (qLogNEI) and BayBE (its defaults) on the jobs that compare-optimisers.ts writes.

    python3 -m venv /tmp/venv-bo && /tmp/venv-bo/bin/pip install botorch==0.18.1 baybe==0.15.0 physbo==3.2.1

One JSON job on standard input: `columns` (names), `rows` (numbers or words), `y` (larger is better), `initial` (row
numbers), `budget`, `seed`, `method`. One JSON answer: the rows in the order in which they were measured.
"""

import json
import os
import sys
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(1)


def encode(job):
    """Numbers on the unit range, words one-hot: candidates x columns."""
    parts = []
    for k, _ in enumerate(job["columns"]):
        column = [row[k] for row in job["rows"]]
        if all(isinstance(value, (int, float)) for value in column):
            values = np.array(column, dtype=float)
            span = values.max() - values.min()
            parts.append(((values - values.min()) / (span or 1))[:, None])
        else:
            words = sorted({str(value) for value in column})
            parts.append(np.array([[float(str(v) == w) for w in words] for v in column]))
    return np.hstack(parts)


def play_botorch(job):
    from botorch.acquisition.logei import qLogNoisyExpectedImprovement
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from botorch.optim import optimize_acqf_discrete
    from gpytorch.mlls import ExactMarginalLogLikelihood

    torch.manual_seed(job["seed"])
    x = torch.tensor(encode(job), dtype=torch.double)
    y = torch.tensor(job["y"], dtype=torch.double)
    sampled = list(job["initial"])
    while len(sampled) < job["budget"]:
        known = torch.tensor(sampled)
        model = SingleTaskGP(x[known], y[known][:, None])
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        acquisition = qLogNoisyExpectedImprovement(model, x[known], prune_baseline=True)
        left = np.setdiff1d(np.arange(len(y)), sampled)
        point, _ = optimize_acqf_discrete(acquisition, q=1, choices=x[left], max_batch_size=512)
        at = int((x[left] - point).abs().sum(dim=1).argmin())
        sampled.append(int(left[at]))
    return sampled


def play_baybe(job):
    from baybe import Campaign
    from baybe.objectives import SingleTargetObjective
    from baybe.parameters import CategoricalParameter, NumericalDiscreteParameter
    from baybe.searchspace import SearchSpace
    from baybe.targets import NumericalTarget

    torch.manual_seed(job["seed"])
    np.random.seed(job["seed"])
    names = job["columns"]
    table = pd.DataFrame(job["rows"], columns=names)
    parameters = []
    for name in names:
        values = sorted(set(table[name]))
        if isinstance(values[0], str):
            parameters.append(CategoricalParameter(name, values))
        else:
            parameters.append(NumericalDiscreteParameter(name, values))
    space = SearchSpace.from_dataframe(table, parameters)
    campaign = Campaign(space, SingleTargetObjective(NumericalTarget("y")))
    where = {tuple(row): k for k, row in enumerate(job["rows"])}
    sampled = list(job["initial"])

    def tell(rows):
        told = table.iloc[rows].copy()
        told["y"] = [job["y"][k] for k in rows]
        campaign.add_measurements(told)

    tell(sampled)
    while len(sampled) < job["budget"]:
        point = campaign.recommend(batch_size=1)
        sampled.append(where[tuple(point[names].iloc[0].tolist())])
        tell(sampled[-1:])
    return sampled


def play_physbo(job):
    import physbo

    y = np.array(job["y"])
    first = np.array(job["initial"])
    policy = physbo.search.discrete.Policy(test_X=encode(job), initial_data=[first, y[first]])
    policy.set_seed(job["seed"])
    policy.bayes_search(
        max_num_probes=job["budget"] - len(first),
        simulator=lambda action: y[action],
        score="EI",
        interval=5,
        num_rand_basis=0,
        is_disp=False,
    )
    actions = policy.history.chosen_actions[: policy.history.total_num_search]
    return [int(action) for action in actions]


def main():
    job = json.load(sys.stdin)
    stdout = sys.stdout
    sys.stdout = sys.stderr
    started = time.process_time()
    ways = {"botorch": play_botorch, "baybe": play_baybe, "physbo": play_physbo}
    sampled = ways[job["method"]](job)
    json.dump({"sampled": sampled, "cpu_s": time.process_time() - started}, stdout)


main()
