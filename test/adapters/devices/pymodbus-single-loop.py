"""Two controllers of one set point on pymodbus, by their makers' register tables: an Omron E5CC (two-byte mode, an operation
command that cannot be read back, set point ramp) and a Watlow EZ-ZONE PM (floats, low word first, Fahrenheit unless told otherwise).

Time in it runs `--speed` times faster. Lines of JSON on standard input change the world behind its back:
{"power": "cycle"}, {"sensor": "broken"|"ok"}, {"write": {"4096": 1}}, {"clamp": 500}, {"pv": 600}.
"""

import math
import time

from pymodbus.constants import ExcCodes
from pymodbus_serve import float_of_words, options, serve, signed, words_of_float

TAU_s = 4.0
STEP_s = 0.5


class Omron:
    """E5CC: input type 5 (K, whole degrees); STOP until it is told to run."""

    STOP, WRITABLE, MANUAL = 0x0100, 0x0200, 0x0400

    def power_on(self, r):
        r[0x2103] = 25
        r[0x2407] = self.STOP | self.WRITABLE
        r[0x270C], r[0x270D], r[0x270E] = 1, 0, 0xFFFF
        r[0x2C00], r[0x2C01], r[0x2410] = 5, 0, 0
        r[0x2D0F], r[0x2D10] = 1300, 0

    def runs(self, r):
        return r[0x2407] & self.STOP == 0

    def set_point(self, r):
        return signed(r[0x2103])

    def rate_K_min(self, r):
        return r[0x270D]

    def show(self, r, pv, working, ok):
        r[0x2000] = round(pv if ok else 1320) & 0xFFFF
        r[0x2001] = 0 if ok else 0x40
        r[0x2002] = round(working) & 0xFFFF
        r[0x2004] = 500

    def read(self, address):
        # The operation command has no value; four-byte mode answers even counts only.
        return ExcCodes.ILLEGAL_ADDRESS if address == 0 else None

    def write(self, address, value, r):
        if address == 0:
            if value in (0x0100, 0x0101):
                r[0x2407] = (r[0x2407] & ~self.STOP) | (self.STOP if value & 1 else 0)
                return None
            return ExcCodes.ILLEGAL_VALUE
        if address == 0x2103 and not signed(r[0x2D10]) <= signed(value) <= signed(r[0x2D0F]):
            return ExcCodes.ILLEGAL_VALUE
        return None

    def settle(self, r, clamp):
        if clamp is not None:
            r[0x2103] = min(signed(r[0x2103]), clamp) & 0xFFFF


class Watlow:
    """EZ-ZONE PM, map 1: thermocouple (95), communicates in °C (15) when it was set so."""

    OFF, AUTO = 62, 10

    def power_on(self, r):
        r[368], r[362], r[2490], r[1880] = 95, 61, 15, self.OFF
        r[2186], r[2188] = 85, 57
        for address, value in {2160: 25.0, 2164: 0.0, 2166: 1200.0, 2192: 5.0, 1904: 0.0}.items():
            put(r, address, value)

    def runs(self, r):
        return r[1880] == self.AUTO

    def set_point(self, r):
        return get(r, 2160)

    def rate_K_min(self, r):
        return get(r, 2192)

    def show(self, r, pv, working, ok):
        # What IEEE has for "no number".
        put(r, 360, pv if ok else math.nan)
        r[362] = 61 if ok else 65
        put(r, 2172, working)
        put(r, 1904, 50.0)

    def read(self, _address):
        return None

    def write(self, _address, _value, _r):
        return None

    def settle(self, r, clamp):
        """A float comes in two words, so it is looked at when both are there."""
        low, high = get(r, 2164), get(r, 2166)
        wanted = get(r, 2160)
        put(r, 2160, max(low, min(high, wanted, clamp if clamp is not None else high)))


class Loop:
    def __init__(self, maker, speed):
        self.maker, self.speed = maker, speed
        self.sensor_ok, self.pv, self.working = True, 25.0, 25.0
        self.clamp, self.last, self.setup = None, time.monotonic(), True
        self.starts, self.was_running, self.written = 0, False, []

    def step(self, r):
        if self.setup:
            self.maker.power_on(r)
            self.setup, self.was_running = False, False
        now = time.monotonic()
        left = min((now - self.last) * self.speed, 20000.0)
        self.last = now
        runs = self.maker.runs(r)
        if runs and not self.was_running:
            self.starts += 1
            self.working = self.pv
        self.was_running = runs
        while left > 0:
            dt = min(STEP_s, left)
            left -= dt
            self.move(r, dt, runs)
            goal = self.working if runs else 25.0
            self.pv += (goal - self.pv) * min(1.0, dt / TAU_s)
        self.maker.show(r, self.pv, self.working, self.sensor_ok)

    def move(self, r, dt, runs):
        target, rate = self.maker.set_point(r), self.maker.rate_K_min(r)
        away, step = target - self.working, rate / 60 * dt
        if not runs or rate <= 0 or abs(away) <= step:
            self.working = target
        else:
            self.working += step if away > 0 else -step

    async def action(self, function, _start, address, _count, r, values):
        # What was written before stands in the registers only now.
        if not self.setup:
            self.maker.settle(r, self.clamp)
        self.step(r)
        if values is None:
            # What a write echoes is read through here as well.
            return self.maker.read(address) if function == 3 else None
        values = values if isinstance(values, list) else [values]
        self.written += [[address + k, value] for k, value in enumerate(values)]
        for k, value in enumerate(values):
            refused = self.maker.write(address + k, value, r)
            if refused is not None:
                return refused
        return None

    def command(self, words, r):
        if words.get("power") == "cycle":
            self.setup = True
        self.sensor_ok = words.get("sensor", "ok" if self.sensor_ok else "broken") == "ok"
        self.pv = words.get("pv", self.pv)
        self.clamp = words.get("clamp", self.clamp)
        for address, value in words.get("write", {}).items():
            r[int(address)] = value & 0xFFFF
        self.step(r)
        runs, sp = self.maker.runs(r), self.maker.set_point(r)
        said = {"runs": runs, "sp": sp, "pv": self.pv, "wsp": self.working, "starts": self.starts}
        return {**said, "written": self.written[-40:]}


def put(r, address, value):
    """Low word first."""
    r[address + 1], r[address] = words_of_float(value)


def get(r, address):
    return float_of_words(r[address + 1], r[address])


def main():
    parser = options(__doc__)
    parser.add_argument("--model", choices=["omron", "watlow"], required=True)
    told = parser.parse_args()
    serve(Loop(Omron() if told.model == "omron" else Watlow(), told.speed), 12000, **vars(told))


main()
