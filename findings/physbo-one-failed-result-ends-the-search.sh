#!/usr/bin/env bash
# PHYSBO 3.2.1: after one result that is NaN, or -inf, its proposals are the candidates in the order of the table.
#
# Expected: `write` refuses what is no number (BoTorch does), or the failed experiment is left out of the model; the others are learnt from.
# Seen: it is stored, and the next proposals of EI and PI are 0, 1, 2, 3, 4, ... whatever the results: the optimum at 28 of 41, found with
# the second proposal without it, is not looked for any more. Nothing is said; with NaN, -inf or any score the best value is NaN
# or stays what it was. Thompson sampling ends with "SVD did not converge". To leave the row out is the cure.
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
    for _ in range(6):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                action = policy.bayes_search(max_num_probes=1, simulator=None, score=score, num_rand_basis=0, interval=1)
        except np.linalg.LinAlgError as error:
            return str(error)
        policy.write(action, values[action])
        proposed.append(int(action[0]))
    return f"{proposed}, best {policy.history.export_sequence_best_fx()[0][-1] + 0:.4f}"

for score in ("EI", "PI", "TS"):
    for failed in (None, np.nan, -np.inf):
        print(score, "all measured:" if failed is None else f"20 gave {failed}:", search(score, failed))
PY
seen=$("$work/env/bin/python" -W ignore "$work/try.py")
echo "$seen"
table="\[0, 1, 2, 3, 4, 6\]"
[ "$(grep -cE "^(EI|PI) all measured: .*\b28\b" <<< "$seen")" = 2 ]
[ "$(grep -cE "^(EI|PI) 20 gave nan: $table, best nan$" <<< "$seen")" = 2 ]
[ "$(grep -cE "^(EI|PI) 20 gave -inf: $table, best -0.0025$" <<< "$seen")" = 2 ]
[ "$(grep -cE "^TS 20 gave (nan|-inf): SVD did not converge$" <<< "$seen")" = 2 ]
