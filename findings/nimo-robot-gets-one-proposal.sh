#!/usr/bin/env bash
# nimo 2.1.8: its "standard" robot is given the first of several proposals only, and what it answers then ends the loop.
#
# Expected: `proposals.csv` with three proposals (num_proposals=3 is an option of its AI tools) makes three inputs for the robot, or is
# refused; the robot's start is marked by `inputend.txt` and its end by `outputend.txt`.
# Seen: one file with the first proposal, and no word about the other two. On the way back the analysis wants one line of
# `results.csv` per proposal: a robot that answered for the one that it was given ends NIMO with "error in extract_objectives", after
# its mark was taken away, so that the answer is not found at the next start.
# The marks are `inputend.txt` and `outputend.txt`; there is no mark of a beginning ("outputstart").
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --no-deps nimo==2.1.8
"$work/env/bin/pip" install -q --disable-pip-version-check numpy==2.2.6
cd "$work"; mkdir in out
printf 'actions,x,y\n4,0.1,300\n7,0.2,400\n9,0.3,500\n' > proposals.csv
printf 'x,y,strength\n' > candidates.csv
for k in 0 1 2 3 4 5 6 7 8 9; do printf '0.%s,300,\n' "$k" >> candidates.csv; done
cat > try.py <<'PY'
import importlib.util, os, pathlib

def load(name):
    site = next(pathlib.Path("env/lib").glob("python3*/site-packages/nimo"))
    spec = importlib.util.spec_from_file_location(name.replace("/", "_"), site / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

standard = load("input_tools/preparation_input_standard").Standard("proposals.csv", "in")
standard.perform()
for file in sorted(os.listdir("in")):
    print("input:", "inputend.txt" if file == "inputend.txt" else "TIME.csv", pathlib.Path("in", file).read_text().split())
pathlib.Path("out/results.csv").write_text("412.5\n")
pathlib.Path("out/outputend.txt").touch()
analysis = load("output_tools/analysis_output_standard").Standard("proposals.csv", "candidates.csv", 1, "out")
try:
    analysis.perform()
except SystemExit:
    print("analysis: ended the program")
print("marks left:", sorted(os.listdir("out")))
PY
seen=$("$work/env/bin/python" try.py)
echo "$seen"
[ "$seen" = "Start preparation input!
Finish preparation input!
input: TIME.csv ['input', 'file', 'for', 'machine', '0.1,300']
input: inputend.txt []
Start analysis output!
ErrorCode: error in extract_objectives function
analysis: ended the program
marks left: ['results.csv']" ]
