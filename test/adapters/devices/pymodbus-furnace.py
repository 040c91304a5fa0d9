"""A furnace on pymodbus with thermal dynamics: the registers of a Eurotherm 2400 with programmer, or of a Delta DTB.

Time in it runs `--speed` times faster. Lines of JSON on standard input change the world behind its back:
{"power": "cycle"}, {"sensor": "broken"|"ok"}, {"write": {"23": 4}}, {"pv": 600}, {"status": [5]}, {"scale": 1}, {"denies": 4}, {"late": 0.7, "times": 1}, {"except": 4, "times": 3}.
"""

import asyncio
import json
import time

from pymodbus.constants import ExcCodes
from pymodbus.simulator import DataType, SimData
from pymodbus_serve import options, serve, signed, words_of_float

RESET, RUN, HOLD, HOLDBACK, COMPLETE = 1, 2, 4, 8, 16
TAU_s = 4.0
STEP_s = 0.5


class Furnace:
    def __init__(self, model, speed, ledger=None):
        self.model, self.speed, self.ledger = model, speed, ledger
        self.sensor_ok = True
        self.status = 0
        self.late_s = self.late_times = self.exc = self.exc_times = 0
        self.starts = 0
        # It begins what it is told, and answers with this exception.
        self.denies = 0
        # Counts of its integer process value in one degree.
        self.scale = 10
        self.written = []
        self.pv = 25.0
        self.power_on()

    def power_on(self):
        self.state, self.segment, self.in_segment_s = RESET, 0, 0.0
        self.wsp, self.last = 25.0, time.monotonic()
        self.setup = True

    def registers(self, r):
        """Power-on contents: the token and the program are in memory that forgets."""
        if self.model == "eurotherm":
            fixed = {2: 250, 22: 1, 35: 0, 111: 12000, 112: 0, 122: 0x2480, 273: 0, 525: 1, 629: 0}
            for k in range(8192, 8192 + 136):
                r[k] = 0
        else:
            fixed = {0x1001: 250, 0x1002: 12000, 0x1003: 0, 0x1004: 0, 0x1005: 0, 0x1068: 0}
        for address, value in fixed.items():
            r[address] = value & 0xFFFF

    def step(self, r):
        if self.setup:
            self.registers(r)
            self.setup = False
        now = time.monotonic()
        left = min((now - self.last) * self.speed, 20000.0)
        self.last = now
        while left > 0:
            dt = min(STEP_s, left)
            left -= dt
            self.program(r, dt) if self.model == "eurotherm" else self.single(r)
            self.pv += (self.wsp - self.pv) * min(1.0, dt / TAU_s)
        self.show(r)

    def single(self, r):
        self.wsp = signed(r[0x1001]) / 10 if r[0x1068] == 1 else 25.0

    def program(self, r, dt):
        if self.state in (RESET, COMPLETE):
            self.wsp = signed(r[2]) / 10
        if self.state not in (RUN, HOLDBACK):
            return
        holds = r[8192] == 3 and abs(self.pv - self.wsp) > r[8193] / 10
        self.state = HOLDBACK if holds else RUN
        if holds:
            return
        at = 8200 + 8 * self.segment
        kind, target, value = r[at], signed(r[at + 1]) / 10, r[at + 2] / 10
        self.in_segment_s += dt
        if kind == 1:
            step = value / 60 * dt
            away = target - self.wsp
            self.wsp = target if abs(away) <= step else self.wsp + step * (1 if away > 0 else -1)
            if self.wsp == target:
                self.next_segment()
        elif kind == 3:
            if self.in_segment_s >= 60 * value:
                self.next_segment()
        else:
            self.state = COMPLETE

    def next_segment(self):
        self.segment += 1
        self.in_segment_s = 0.0

    def show(self, r):
        if self.model == "eurotherm":
            pv = round(self.pv * self.scale) if self.sensor_ok else 32767
            r[1], r[5] = pv & 0xFFFF, round(self.wsp * 10) & 0xFFFF
            r[4] = max(0, min(1000, round((self.wsp - self.pv) * 20 + 300)))
            r[23], r[56], r[74] = self.state, self.segment + 1, self.status if self.sensor_ok else 0x20
            r[32770], r[32771] = words_of_float(self.pv)
        else:
            r[0x1000] = round(self.pv * 10) & 0xFFFF if self.sensor_ok else 0x8003
            r[0x1012] = 500

    async def action(self, function, _start, address, count, registers, values):
        self.step(registers)
        if self.exc_times > 0:
            self.exc_times -= 1
            return ExcCodes(self.exc)
        if self.late_times > 0:
            self.late_times -= 1
            await asyncio.sleep(self.late_s)
        if values is None:
            return None
        values = values if isinstance(values, list) else [values]
        self.written += [[address + k, value] for k, value in enumerate(values)]
        for k, value in enumerate(values):
            if not self.write(address + k, value, registers):
                return ExcCodes.ILLEGAL_VALUE
        if self.denies and address == 23 and values == [RUN]:
            return ExcCodes(self.denies)
        return None

    def write(self, address, value, r):
        if self.model == "eurotherm":
            if address == 2 and not signed(r[112]) <= signed(value) <= signed(r[111]):
                return False
            if address == 23:
                if value == RUN and self.state in (RESET, COMPLETE):
                    self.segment, self.in_segment_s, self.wsp = 0, 0.0, self.pv
                    self.starts += 1
                    self.note(r[629])
                self.state = value
            return True
        if address == 0x1001 and not signed(r[0x1003]) <= signed(value) <= signed(r[0x1002]):
            return False
        if address == 0x1068 and value == 1 and r[0x1068] != 1:
            self.starts += 1
        return True

    def note(self, token):
        """What it began, by the job's number, in a file that outlives it."""
        if self.ledger is not None:
            with open(self.ledger, "a") as file:
                file.write(json.dumps({"token": token}) + "\n")

    def command(self, words, registers):
        if words.get("power") == "cycle":
            self.power_on()
            self.step(registers)
        self.sensor_ok = words.get("sensor", "ok" if self.sensor_ok else "broken") == "ok"
        self.pv = words.get("pv", self.pv)
        self.scale = words.get("scale", self.scale)
        self.denies = words.get("denies", self.denies)
        if "status" in words:
            self.status = bits(words["status"])
        for address, value in words.get("write", {}).items():
            if self.write(int(address), value, registers):
                registers[int(address)] = value & 0xFFFF
        if "late" in words:
            self.late_s, self.late_times = words["late"], words.get("times", 1)
        if "except" in words:
            self.exc, self.exc_times = words["except"], words.get("times", 1)
        self.step(registers)
        said = {"state": self.state, "run": registers[0x1068], "pv": self.pv, "wsp": self.wsp}
        said.update({"sp": registers[2], "sv": registers[0x1001], "starts": self.starts})
        return {**said, "written": self.written[-40:]}


def bits(numbers):
    """A register with these bits, as pymodbus' own simulator counts them."""
    values = [k in numbers for k in range(16)]
    return SimData(0, values=values, datatype=DataType.BITS).build_registers(False)[0]


def main():
    parser = options(__doc__)
    parser.add_argument("--model", default="eurotherm")
    parser.add_argument("--ledger")
    told = parser.parse_args()
    serve(Furnace(told.model, told.speed, told.ledger), 33000, **vars(told))


main()
