#!/usr/bin/env bash
# ophyd 1.11.2 (with bluesky 1.15.1): limits in the wrong order, or equal, are no limits for its positioners, and refuse all at its fakes.
#
# Expected: (0, 0) means "none", as in EPICS; (1200, 300), written the wrong way round, is an error or lets nothing through; a set point held
# at (300, 300) takes 300 only; the library's fake device (make_fake_device, for tests of plans) decides as the real ones do.
# Seen: SoftPositioner takes any value with (1200, 300) and with (300, 300), by itself and in a plan, without a word. The fake of
# an EpicsMotor refuses any value with the same limits, and with (0, 0): a plan that its tests saw refused heats without a bound.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: ophyd==1.11.2 bluesky==1.15.1
cat > "$work/try.py" <<'PY'
import logging, warnings
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
import bluesky.plan_stubs as bps
from bluesky import RunEngine
from ophyd import EpicsMotor, SoftPositioner
from ophyd.sim import make_fake_device
from ophyd.utils.errors import LimitError

engine = RunEngine({})
fake = make_fake_device(EpicsMotor)("any", name="fake")

def is_taken(act):
    try:
        act()
    except LimitError:
        return "refused"
    return "taken"

for limits in ((300, 1200), (1200, 300), (300, 300), (0, 0)):
    furnace = SoftPositioner(name="furnace", limits=limits, init_pos=300)
    fake.user_setpoint.sim_set_limits(limits)
    said = [is_taken(lambda: furnace.set(5000)), is_taken(lambda: engine(bps.mv(furnace, 6000))), is_taken(lambda: fake.check_value(5000))]
    print(limits, "5000: positioner", said[0] + ", in a plan", said[1] + ", fake motor", said[2] + ", now at", furnace.position)
PY
seen=$("$work/env/bin/python" "$work/try.py" 2>/dev/null)
echo "$seen"
[ "$seen" = "(300, 1200) 5000: positioner refused, in a plan refused, fake motor refused, now at 300
(1200, 300) 5000: positioner taken, in a plan taken, fake motor refused, now at 6000
(300, 300) 5000: positioner taken, in a plan taken, fake motor refused, now at 6000
(0, 0) 5000: positioner taken, in a plan taken, fake motor refused, now at 6000" ]
