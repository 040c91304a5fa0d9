#!/usr/bin/env bash
# PyMeasure 0.16.0: what lies beyond a controller's range is sent as the range's end by one driver and refused by another.
#
# Expected: a set point beyond the limits raises, in each driver of one library alike.
# Seen: ITC503(max_temperature=300) sends `T300.000000` for a set point of 1500 K and raises nothing: whoever asked for 1500 K
# waits at 300 K and takes the sample for treated. Thermotron3800 raises ValueError for the same request.
# It uses the library's own protocol adapter; no device is needed.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check pymeasure==0.16.0
cat > "$work/try.py" <<'PY'
from pymeasure.instruments.oxfordinstruments import ITC503
from pymeasure.instruments.thermotron import Thermotron3800
from pymeasure.test import expected_protocol

with expected_protocol(ITC503, [("T300.000000", "T")], max_temperature=300) as controller:
    controller.temperature_setpoint = 1500
    print("ITC503: 1500 K asked for, T300.000000 sent, no exception")
try:
    with expected_protocol(Thermotron3800, []) as chamber:
        chamber.setpoint = 1500
    print("Thermotron3800: no exception")
except ValueError as error:
    print("Thermotron3800: ValueError:", error)
PY
seen=$("$work/env/bin/python" -W ignore "$work/try.py")
echo "$seen"
[ "$seen" = "ITC503: 1500 K asked for, T300.000000 sent, no exception
Thermotron3800: ValueError: Value of 1500 is not in range [-55,150]" ]
