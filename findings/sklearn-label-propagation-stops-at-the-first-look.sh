#!/usr/bin/env bash
# scikit-learn 1.9.1: LabelPropagation (the model behind PDC, NIMO and AIPHAD) calls a far candidate after the wrong phase and reports convergence.
#
# Expected: the fixed point of its rule, F = D^-1 W F with measured rows held: the candidate at (2, 0) hangs on its neighbour at (1, 0), e^-20, a
# trillion times more than on any result, e^-72 and e^-80, and the neighbour is A: so it is A.
# Seen: B with 0.9996, two rounds, no ConvergenceWarning. Every point keeps itself with weight 1: a neighbour at one unit moves it by 2e-9 a
# round, which is less than the tolerance of 1e-3, so that what the first round drew from the far results stays.
# Shuffled or longer runs change nothing: 100 000 rounds at tolerance 0 still say B.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1
cat > "$work/try.py" <<'PY'
import warnings
import numpy as np
from sklearn.semi_supervised import LabelPropagation

warnings.simplefilter("error")
points = np.array([[0, 0], [2, 1.9], [1, 0], [2, 0]], float)  # A, B, the neighbour, the candidate
labels = np.array([0, 1, -1, -1])
model = LabelPropagation(gamma=20).fit(points, labels)
print("AB"[model.predict(points[3:])[0]], round(model.label_distributions_[3, 1], 4), "rounds", model.n_iter_)
warnings.simplefilter("ignore")
longer = LabelPropagation(gamma=20, tol=0, max_iter=100_000).fit(points, labels)
print("AB"[longer.transduction_[3]], "after", longer.n_iter_)
distance2 = ((points[:, None] - points[None]) ** 2).sum(-1)
weights = np.exp(-20 * distance2) * (1 - np.eye(4))
free = weights[2:]
system = np.diag(free.sum(1)) - free[:, 2:]
print("fixed point: A", round(np.linalg.solve(system, free[:, 0])[1], 4))
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "B 0.9996 rounds 2
B after 100000
fixed point: A 1.0" ]
