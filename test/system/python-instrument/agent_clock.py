"""How old an agent's command is, by two clocks that need not agree (docs/contract.md, "How long a command is valid")."""

import time
from datetime import datetime, timezone

TOLERANCE_S = 5.0
APART_S = 1.0


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class AgentClock:
    def __init__(self):
        self.offset = 0.0  # own clock minus the agent's, s
        self.proven = False
        self.last = None

    def hear(self, message):
        """Notes a live message of the agent: two that came as far apart as they were sent have not waited on the way."""
        sent, own, ticks = seconds(message["time"]), time.time(), time.monotonic()
        if self.last is not None:
            sent_apart, came_apart = sent - self.last[0], ticks - self.last[1]
            if sent_apart >= APART_S and abs(sent_apart - came_apart) <= APART_S:
                self.offset, self.proven = own - sent, True
        self.last = (sent, ticks)

    def why_not(self, message):
        """Why the command must not be obeyed now, by its time and by its duration, the stricter; None if it may."""
        data, sent = message["data"], seconds(message["time"])
        now = time.time() - self.offset  # the agent's clock
        if "notAfter" in data and now > seconds(data["notAfter"]):
            return "the command came too late"
        if "validFor_s" not in data:
            return None
        if now - sent < -TOLERANCE_S:
            return f"the command comes from the future by {sent - now:.0f} s"
        if now - sent > data["validFor_s"]:
            return f"the command is {now - sent:.0f} s old and was valid for {data['validFor_s']} s"
        return None

    def surely_old(self, message):
        """What leads to safety is obeyed in doubt."""
        return self.proven and self.why_not(message) is not None
