"""Runs PHYSBO on the jobs that compare-physbo.ts writes.

    python3 -m venv /tmp/venv-physbo && /tmp/venv-physbo/bin/pip install physbo
    npx tsx test/benchmarks/peers/compare-physbo.ts --python /tmp/venv-physbo/bin/python

Reads one JSON job from standard input and prints one JSON answer. Inputs come scaled to the unit range, objectives as
"larger is better". Times are processor seconds of this one thread.
"""

import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import physbo  # noqa: E402


def play(job):
    """A whole campaign from given first rows; the model is learnt anew every `interval` proposals."""
    x = np.array(job["x"])
    y = np.array(job["y"])  # candidates x objectives
    first = np.array(job["initial"])
    count = job["budget"] - len(first)
    started = time.process_time()
    if y.shape[1] == 1:
        policy = physbo.search.discrete.Policy(
            test_X=x, initial_data=[first, y[first, 0]]
        )
        value = lambda action: y[action, 0]  # noqa: E731
        score = "EI"
    else:
        policy = physbo.search.discrete_multi.Policy(
            test_X=x, num_objectives=y.shape[1], initial_data=[first, y[first]]
        )
        value = lambda action: y[action]  # noqa: E731
        score = "HVPI"
    policy.set_seed(job["seed"])
    policy.bayes_search(
        max_num_probes=count,
        simulator=value,
        score=job.get("score", score),
        interval=job["interval"],
        num_rand_basis=job.get("features", 0),
        is_disp=False,
    )
    runs = policy.history.total_num_search
    actions = policy.history.chosen_actions[:runs]
    return {
        "sampled": [int(a) for a in actions],
        "cpu_s": time.process_time() - started,
    }


def propose(job):
    """One proposal after `measured` results: hyperparameters learnt, kept, and a batch with them kept."""
    x = np.array(job["x"])
    y = np.array(job["y"])[:, 0]
    known = np.arange(job["measured"])
    policy = physbo.search.discrete.Policy(test_X=x, initial_data=[known, y[known]])
    policy.set_seed(1)
    answer = {}

    def timed(name, **options):
        started = time.process_time()
        policy.bayes_search(
            max_num_probes=1, simulator=None, score="EI", is_disp=False, **options
        )
        answer[name] = time.process_time() - started

    timed("relearnt_s", interval=0)
    timed("fixed_s", interval=-1)
    if job["batch"] > 1:
        timed("batch_s", interval=-1, num_search_each_probe=job["batch"])
    return answer


def main():
    job = json.load(sys.stdin)
    stdout = sys.stdout
    sys.stdout = sys.stderr  # PHYSBO prints its progress
    answer = {"play": play, "propose": propose}[job["what"]](job)
    answer["version"] = physbo.__version__
    json.dump(answer, stdout)


main()
