#!/usr/bin/env bash
# Optuna 5.0.0: a trial whose constraint could not be measured (NaN) is refused, kept, and is the best from then on.
#
# Expected: `tell` of an objective beside a constraint that is NaN fails as a whole: the trial is FAIL, as one whose objective is NaN is, or
# counts as one that breaks its constraint; `best_value` stays with what is known to keep it.
# Seen: ValueError, "Constraint values cannot be NaN", after the trial was stored as COMPLETE without constraints, which counts as kept:
# best_value is its 1.0 (to minimise) and not the 5.0 that kept it. A loop that catches the error, or a study in storage that is taken up
# again, goes on with a best sample of which nobody knows whether it is one. A function that raises for a missing quantity does the same.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: optuna==5.0.0
"$work/env/bin/pip" freeze | grep -iE '^(optuna)=='
cat > "$work/try.py" <<'PY'
import warnings
import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(constraints_func=lambda trial: trial.user_attrs["density"], seed=1))
for value, density in [(5.0, -1.0), (3.0, 0.5), (1.0, float("nan")), (0.5, None), (float("nan"), -1.0)]:
    trial = study.ask()
    trial.suggest_float("x", 0, 1)
    if density is not None:
        trial.set_user_attr("density", (density,))
    try:
        study.tell(trial, value)
        said = "taken"
    except Exception as error:
        said = type(error).__name__
    print(f"value {value}, constraint {density}: {said}, {study.trials[-1].state.name}, best {study.best_value}")
PY
seen=$("$work/env/bin/python" "$work/try.py")
echo "$seen"
[ "$seen" = "value 5.0, constraint -1.0: taken, COMPLETE, best 5.0
value 3.0, constraint 0.5: taken, COMPLETE, best 5.0
value 1.0, constraint nan: ValueError, COMPLETE, best 1.0
value 0.5, constraint None: KeyError, COMPLETE, best 0.5
value nan, constraint -1.0: taken, FAIL, best 0.5" ]
