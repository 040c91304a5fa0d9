#!/usr/bin/env bash
# Optuna 5.0.0 and bayesian-optimization 3.4.0: a point outside the range is handed out, or is learnt and hidden.
#
# Expected: both refuse a point that their own bounds exclude.
# Seen: Optuna refuses it in `create_trial`, but a point put in by hand (`enqueue_trial({"T": 2000})`) comes back from
# `suggest_float("T", 300, 1200)` as 2000.0, with a warning only: whoever passes it on heats to 2000. bayesian-optimization
# takes the result at 2000 (a warning), lets the model follow it (the next suggestion is at the border), and leaves it
# out of `max`, which names a result that is not the best one told.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check optuna==5.0.0 bayesian-optimization==3.4.0
cat > "$work/try.py" <<'PY'
import optuna
from bayes_opt import BayesianOptimization

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study()
study.enqueue_trial({"T": 2000.0})
print("optuna, range 300..1200, suggested:", study.ask().suggest_float("T", 300, 1200))

optimizer = BayesianOptimization(None, {"T": (300, 1200)}, random_state=1, verbose=0)
for temperature, strength in [(400, 1.0), (700, 3.0), (1000, 2.0), (2000, 99.0)]:
    optimizer.register({"T": temperature}, strength)
print("bayes_opt, best told 99.0, max:", float(optimizer.max["target"]))
PY
seen=$("$work/env/bin/python" -W ignore "$work/try.py")
echo "$seen"
[ "$seen" = "optuna, range 300..1200, suggested: 2000.0
bayes_opt, best told 99.0, max: 3.0" ]
