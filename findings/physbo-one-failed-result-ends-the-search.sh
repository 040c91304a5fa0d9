#!/usr/bin/env bash
# PHYSBO 3.2.1: after one result that is NaN, or -inf, its proposals are the candidates in the order of the table.
#
# Expected: `write` refuses what is no number, or the failed experiment is left out of the model; the others are learnt from.
# Seen: it is stored, and the next proposals by expected improvement are 0, 1, 2, 3, ... whatever the results: the optimum at 28 of 41, found
# with the third proposal without it, is not looked for any more. Nothing is said; the best value is NaN from then on. Thompson
# sampling ends with "SVD did not converge". To leave the row out is the cure.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=numpy,scipy physbo==3.2.1 numpy==2.4.6 scipy==1.17.1
cat > "$work/try.py" <<'PY'
import contextlib, io, warnings
import numpy as np
import physbo

warnings.simplefilter("ignore")
points = np.linspace(0, 1, 41)[:, None]
values = -((points[:, 0] - 0.7) ** 2)

def search(score, failed):
    policy = physbo.search.discrete.Policy(test_X=points)
    policy.set_seed(3)
    for action in (5, 15, 30, 39):
        policy.write([action], [values[action]])
    if failed is not None:
        policy.write([20], [failed])
    proposed = []
    for _ in range(4):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                action = policy.bayes_search(max_num_probes=1, simulator=None, score=score, num_rand_basis=0, interval=1)
        except np.linalg.LinAlgError as error:
            return str(error)
        policy.write(action, values[action])
        proposed.append(int(action[0]))
    return f"{proposed}, best {policy.history.export_sequence_best_fx()[0][-1] + 0:.4f}"

for score in ("EI", "TS"):
    for failed in (None, np.nan, -np.inf):
        print(score, "all measured:" if failed is None else f"20 gave {failed}:", search(score, failed))
PY
seen=$(OMP_NUM_THREADS=1 "$work/env/bin/python" -W ignore "$work/try.py")
echo "$seen"
[ "$(grep -cE "^EI all measured: .*\b28\b" <<< "$seen")" = 1 ]
[ "$(tail -n +2 <<< "$seen" | grep -v "^TS all measured")" = "EI 20 gave nan: [0, 1, 2, 3], best nan
EI 20 gave -inf: [0, 1, 2, 3], best -0.0025
TS 20 gave nan: SVD did not converge
TS 20 gave -inf: SVD did not converge" ]
