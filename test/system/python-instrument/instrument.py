#!/usr/bin/env python3
"""
An instrument that knows Tieline only by its wire contract (docs/contract.md): it shares no code with it.

It is born, takes jobs, accepts them, reports progress and a result, resends the result until `ack`, answers
`reconcile`, obeys hold, resume, cancel and the emergency stop, and keeps a journal so that it still knows its jobs
after a crash. What it "measures": the phase is the component of which there is most; near a border, both.

    python3 instrument.py --broker mqtt://127.0.0.1:1883 --site default --id xrd-py --journal /tmp/xrd-py.json
"""

import argparse
import json
import os
import signal
import threading
import time
import uuid
from datetime import datetime, timezone

from agent_clock import AgentClock
from transport import make_transport

TWO_PHASE_WIDTH = 0.1


class Instrument:
    def __init__(self, options):
        self.options = options
        self.root = f"tieline/v1/{options.site}"
        self.here = f"{self.root}/instrument/{options.id}"
        self.boot_id = f"b-{uuid.uuid4().hex[:12]}"
        self.seq = 0
        self.epoch = 0
        self.emergency = False
        self.clock = AgentClock()
        self.current = None
        self.held = threading.Event()
        self.lock = threading.RLock()
        self.jobs = self.read_journal()
        self.finished = threading.Event()
        self.transport = make_transport(
            options.transport,
            options.broker,
            f"tieline-{options.site}-{options.id}",
            self.make_will,
            self.on_connect,
            self.on_message,
        )

    # What it says ------------------------------------------------------------------------------------------------

    def envelope(self, kind, data, message_id=None):
        return {
            "specversion": "1.0",
            "id": message_id or uuid.uuid4().hex,
            "source": f"instrument/{self.options.id}",
            "type": f"tieline.{kind}",
            "time": datetime.now(timezone.utc).isoformat(),
            "data": data,
        }

    def make_will(self):
        data = {"online": False, "bootId": self.boot_id}
        return f"{self.here}/online", json.dumps(self.envelope("instrument.online", data))

    def say(self, topic, kind, data, qos=1, retain=False, message_id=None):
        message = self.envelope(kind, data, message_id)
        self.transport.publish(f"{self.here}/{topic}", message, qos, retain)

    def say_online(self, online):
        data = {"online": online, "bootId": self.boot_id}
        self.say("online", "instrument.online", data, retain=True)

    def say_birth(self):
        composition = {name: {"unit": "1", "min": 0, "max": 1} for name in self.options.axes}
        capability = {
            "name": self.options.capability,
            "parameters": composition,
            "results": ["phases"],
            "repeatable": True,
            "expectedDuration_s": self.options.duration,
        }
        if self.options.capacity > 1:  # a changer: each sample has a composition of its own
            capability.update(capacity=self.options.capacity, shares=[])
        data = {
            "bootId": self.boot_id,
            "kind": "diffractometer",
            "capabilities": [capability],
            "simulated": True,
        }
        acknowledged = [job for job in self.jobs.values() if "position" in job]
        if acknowledged:
            last = max(acknowledged, key=lambda job: job["position"])
            data["acknowledged"] = {name: last[name] for name in ("jobId", "attempt", "position")}
        self.say("birth", "instrument.birth", data, retain=True)

    def say_state(self):
        with self.lock:
            self.seq += 1
            busy = "held" if self.held.is_set() else "busy"
            data = {
                "bootId": self.boot_id,
                "seq": self.seq,
                "operation": "idle" if self.current is None else busy,
                "control": "automatic",
                "safety": "emergencyStopped" if self.emergency else "ok",
            }
            if self.current is not None:
                data["jobId"] = self.current
        self.say("state", "instrument.state", data, retain=True)

    def say_job(self, job, what):
        """Says one of accepted, rejected, result, failed; the same words under the same id whenever it is said again."""
        data = {"jobId": job["jobId"], "attempt": job["attempt"], **job.get(what, {})}
        message_id = f"{what}.{job['jobId']}.{job['attempt']}"
        self.say(f"job/{job['jobId']}/{what}", f"job.{what}", data, message_id=message_id)

    # What it hears -----------------------------------------------------------------------------------------------

    def on_connect(self):
        self.transport.subscribe()
        self.say_online(True)
        self.say_birth()
        self.say_state()

    def on_message(self, topic, payload, retained):
        try:
            message = json.loads(payload)
            data = message["data"]
            if topic == f"{self.root}/safety/emergency-stop":
                # Whoever may stop; only a person, or the agent for one, clears.
                if data["active"] or message["source"].startswith(("operator/", "agent/")):
                    self.on_emergency(data["active"])
            elif topic.endswith("/ack"):
                self.clock.hear(message)
                self.on_ack(data)
            elif not retained:  # a retained command may be old; the contract never has one
                self.clock.hear(message)
                self.on_command(topic.rsplit("/", 1)[1], message)
        except (ValueError, KeyError, TypeError) as error:
            print(f"ignored {topic}: {error!r}", flush=True)

    def on_command(self, action, message):
        data = message["data"]
        with self.lock:
            if data["epoch"] < self.epoch:
                print(f"refused {action}: epoch {data['epoch']} is older than {self.epoch}", flush=True)
                return
            self.epoch = data["epoch"]
            if action == "start":
                self.on_start(data, self.clock.why_not(message))
            elif action == "reconcile":
                for job_id in data["jobIds"]:
                    self.tell_fate(job_id)
            elif data["jobId"] == self.current:
                too_old = self.clock.why_not if action == "resume" else self.clock.surely_old
                if too_old(message):
                    self.tell_fate(self.current)
                    return
                if action == "cancel":
                    self.jobs[self.current]["cancelled"] = True
                (self.held.set if action == "hold" else self.held.clear)()
                self.say_state()

    def on_start(self, data, too_late):
        known = self.jobs.get(data["jobId"])
        if known is not None and known["attempt"] >= data["attempt"]:
            self.tell_fate(data["jobId"])  # the same command again: never a second start
            return
        job = {"jobId": data["jobId"], "attempt": data["attempt"]}
        own = data.get("parametersBySample", {})
        job["samples"] = [
            [sample_id, {**data["parameters"], **own.get(sample_id, {})}]
            for sample_id in data.get("sampleIds") or [None]
        ]
        refusal = self.find_refusal(data, job["samples"], too_late)
        if refusal is not None:
            job["rejected"] = refusal
            self.say_job(job, "rejected")
            return
        self.jobs[job["jobId"]] = job
        self.current = job["jobId"]
        self.write_journal()
        self.say_job(job, "accepted")
        self.say_state()
        threading.Thread(target=self.work, args=(job,), daemon=True).start()

    def find_refusal(self, data, samples, too_late):
        if too_late is not None:
            return {"reason": too_late, "retryable": True}
        if self.emergency:
            return {"reason": "emergency stop", "retryable": True}
        if self.current is not None:
            return {"reason": f"busy with {self.current}", "retryable": True}
        if data["capability"] != self.options.capability:
            return {"reason": f"cannot {data['capability']}", "retryable": False}
        if len(samples) > self.options.capacity:
            return {"reason": f"it takes {self.options.capacity} samples", "retryable": False}
        for _, parameters in samples:
            for name, value in parameters.items():
                if name in self.options.axes and not 0 <= value <= 1:
                    return {"reason": f"{name} = {value} is outside 0..1", "retryable": False}
        return None

    def tell_fate(self, job_id):
        job = self.jobs.get(job_id)
        if job is None:
            self.say(f"job/{job_id}/unknown", "job.unknown", {"jobId": job_id})
            return
        for what in ("result", "failed"):
            if what in job:
                self.say_job(job, what)
                return
        if job_id == self.current:
            self.say_job(job, "accepted")
            return
        job["failed"] = {"reason": "the controller was restarted during the job", "retryable": True}
        self.write_journal()
        self.say_job(job, "failed")

    def on_ack(self, data):
        with self.lock:
            job = self.jobs.get(data["jobId"])
            if job is None or job["attempt"] != data["attempt"] or job.get("acknowledged"):
                return
            job["acknowledged"] = True
            job["position"] = data["position"]
            self.write_journal()
            print(f"acknowledged {data['jobId']} at position {data['position']}", flush=True)
            self.say_birth()
            done = sum(1 for one in self.jobs.values() if one.get("acknowledged"))
            if self.options.jobs and done >= self.options.jobs:
                self.finished.set()

    def on_emergency(self, active):
        with self.lock:
            self.emergency = active
            if active and self.current is not None:
                self.jobs[self.current]["cancelled"] = True
        self.say_state()

    # What it does ------------------------------------------------------------------------------------------------

    def work(self, job):
        left = self.options.duration
        self.say(
            f"job/{job['jobId']}/progress",
            "job.progress",
            {"jobId": job["jobId"], "attempt": job["attempt"], "fraction": 0},
            qos=0,
        )
        while left > 0 and not job.get("cancelled"):
            time.sleep(min(left, 0.05))
            if not self.held.is_set():
                left -= 0.05
        with self.lock:
            if job.get("cancelled"):
                job["failed"] = {"reason": "cancelled", "retryable": True}
            else:
                observations = [self.observe(*sample) for sample in job["samples"]]
                job["result"] = {"observations": observations, "simulated": True}
            self.current = None
            self.held.clear()
            self.write_journal()
        print(f"finished {job['jobId']}", flush=True)
        self.say_state()
        if not self.options.mute_first:
            self.say_job(job, "result" if "result" in job else "failed")

    def observe(self, sample_id, parameters):
        named = {"sampleId": sample_id} if sample_id else {}
        amounts = sorted(
            ((value, name) for name, value in parameters.items() if name in self.options.axes),
            reverse=True,
        )
        if not amounts:
            return {"kind": "failure", "reason": "no composition was given", **named}
        most = [name for value, name in amounts if value > amounts[0][0] - TWO_PHASE_WIDTH]
        return {"kind": "phases", "phases": sorted(most), "confidence": 0.95, **named}

    def resend(self):
        """A result is the instrument's to keep until `ack`: PUBACK only says that a broker has it."""
        with self.lock:
            jobs = [job for job in self.jobs.values() if not job.get("acknowledged")]
        for job in jobs:
            for what in ("result", "failed"):
                if what in job:
                    self.say_job(job, what)

    # Its memory --------------------------------------------------------------------------------------------------

    def read_journal(self):
        if not self.options.journal or not os.path.exists(self.options.journal):
            return {}
        with open(self.options.journal, encoding="utf-8") as file:
            return json.load(file)

    def write_journal(self):
        if not self.options.journal:
            return
        temporary = f"{self.options.journal}.new"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(self.jobs, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.options.journal)

    def run(self):
        commands = [f"{self.here}/command/+", f"{self.here}/job/+/ack"]
        self.transport.start([*commands, f"{self.root}/safety/emergency-stop"])
        print(f"born {self.boot_id}", flush=True)
        while not self.finished.wait(self.options.resend):
            self.resend()
        self.say_online(False)
        time.sleep(0.2)  # lets the last message leave
        self.transport.stop()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--broker", default="mqtt://127.0.0.1:1883")
    parser.add_argument("--site", default="default")
    parser.add_argument("--id", default="xrd-py")
    parser.add_argument("--capability", default="diffraction")
    parser.add_argument("--axes", default="Al,Mg,Zn", type=lambda text: text.split(","))
    parser.add_argument("--capacity", default=1, type=int, help="samples that it takes at once")
    parser.add_argument("--duration", default=1.0, type=float, help="s a job takes")
    parser.add_argument("--resend", default=2.0, type=float, help="s between two resends of a result")
    parser.add_argument("--jobs", default=0, type=int, help="end after so many acknowledged jobs; 0: never")
    parser.add_argument("--journal", default="", help="file that keeps the jobs")
    parser.add_argument("--transport", default="auto", choices=["auto", "paho", "mosquitto"])
    parser.add_argument("--mute-first", action="store_true", help="say a result only when resending (for tests)")
    return parser.parse_args()


if __name__ == "__main__":
    instrument = Instrument(parse_options())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: instrument.finished.set())
    instrument.run()
