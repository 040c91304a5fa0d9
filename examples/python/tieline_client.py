# Written by "tieline contract" 0.1.0 from its OpenAPI document: do not edit, write it again.
"""Ask Tieline for the next experiments and report what came of them.

    from tieline_client import Tieline

    lab = Tieline("http://127.0.0.1:8080", by="ada")
    lab.run("powder", lambda job: [
        {"kind": "objective", "name": "yield", "value": measure(**job["parameters"]), "unit": "1"}])
"""
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid


# First words of the states in which a campaign is over.
OVER = ("converged", "budgetExhausted", "stopped", "aborted", "failed")


class Refused(Exception):
    """The daemon refused: `code` is stable (docs/errors.md), the text says what happened and what to do."""

    def __init__(self, status, body):
        self.status, self.code = status, body.get("code", "")
        super().__init__(" ".join(filter(None, [body.get("message", "refused"), body.get("hint", "")])))


def _quoted(text):
    return urllib.parse.quote(str(text), safe="")


class Tieline:
    """A running daemon. `by` names who speaks, `key` is needed where the configuration lists operators.

    A daemon that is away for a moment is asked again for `patience` seconds; a command that is sent again acts once.
    """

    def __init__(self, url, by=None, key=None, patience=60.0, timeout=30.0):
        self.base = url.rstrip("/") + "/api/v1"
        self.by, self.key, self.patience, self.timeout = by, key, patience, timeout

    def campaigns(self):
        """All campaigns: state, budget, what is in flight, and why those stand still that do.

        Gives: campaigns.
        """
        return self._get("/campaigns")

    def campaign(self, campaign_id):
        """One campaign: the same, with what the model knows and what people decided.

        Gives: the campaign's view.
        """
        return self._get(f"/campaigns/{_quoted(campaign_id)}")

    def batch(self, campaign_id):
        """Ask: the points of the latest batch with their reasons, which wait for approval, and the jobs to report on.

        Gives: n, approval, points, waiting, asked.
        """
        return self._get(f"/campaigns/{_quoted(campaign_id)}/batch")

    def results(self, campaign_id):
        """Every result that counts, numbered from 1.

        Gives: results.
        """
        return self._get(f"/campaigns/{_quoted(campaign_id)}/results")

    def report(self, campaign_id, job_id=None, observations=None, failed=None, actual=None, reason=None):
        """Report what came of a job that was asked, or of a person's step.

        Gives: accepted; false where no such job waits.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/report", {"jobId": job_id, "observations": observations, "failed": failed, "actual": actual, "reason": reason})

    def tell(self, campaign_id, point=None, observations=None, new_phases=None, reason=None):
        """Tell a result that was not asked for: of an earlier experiment, or of a point of one's own.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/tell", {"point": point, "observations": observations, "newPhases": new_phases, "reason": reason})

    def withdraw(self, campaign_id, job_id=None, reason=None):
        """Takes a result back: it was wrong, and the model forgets it.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/withdraw", {"jobId": job_id, "reason": reason})

    def comment(self, campaign_id, sample_id=None, reason=None):
        """A word on a sample or on the campaign.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/comment", {"sampleId": sample_id, "reason": reason})

    def approve(self, campaign_id, batch=None, candidate_ids=None, reason=None):
        """Lets the waiting batch, or some of its points, be measured.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/approve", {"batch": batch, "candidateIds": candidate_ids, "reason": reason})

    def reject(self, campaign_id, batch=None, candidate_ids=None, reason=None):
        """Drops the waiting batch, or some of its points.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/reject", {"batch": batch, "candidateIds": candidate_ids, "reason": reason})

    def propose(self, campaign_id, points=None, needs_approval=None, reason=None):
        """Puts points of one's own into the batch; in a supervised campaign they wait for approval.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/propose", {"points": points, "needsApproval": needs_approval, "reason": reason})

    def start(self, campaign_id, reason=None):
        """Starts the campaign.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/start", {"reason": reason})

    def pause(self, campaign_id, reason=None):
        """Pauses the campaign.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/pause", {"reason": reason})

    def resume(self, campaign_id, reason=None):
        """Resumes the campaign.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/resume", {"reason": reason})

    def stop(self, campaign_id, reason=None):
        """Stops the campaign.

        Gives: accepted, and the daemon's reason where it is refused.
        """
        return self._post(f"/campaigns/{_quoted(campaign_id)}/stop", {"reason": reason})

    def run(self, campaign_id, measure, pause=0.2):
        """Does every job that is asked, until the campaign is over; gives its last state.

        `measure` gets a job (jobId, capability, parameters) and gives the observations, or raises: the job has failed then.
        """
        while True:
            batch = self.batch(campaign_id)
            for job in batch["asked"]:
                try:
                    came = {"observations": measure(job)}
                except Exception as error:  # whatever goes wrong in a measurement is its failure
                    came = {"failed": f"{type(error).__name__}: {error}"[:500]}
                self.report(campaign_id, job_id=job["jobId"], **came)
            if batch["state"].split(".")[0] in OVER:
                return batch["state"]
            time.sleep(pause)

    def events(self, after=None):
        """The log as it grows, a dict an event; a lost connection goes on behind the last event."""
        last = after
        while True:
            request = urllib.request.Request(self.base + "/events")
            if last is not None:
                request.add_header("Last-Event-ID", str(last))
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as stream:
                    for line in stream:
                        if line.startswith(b"data: "):
                            event = json.loads(line[6:])
                            last = event["position"]
                            yield event
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)

    def _get(self, path):
        return self._send(urllib.request.Request(self.base + path))

    def _post(self, path, given):
        body = {name: value for name, value in given.items() if value is not None}
        body.update({"by": self.by, "commandId": str(uuid.uuid4())})
        if self.key is not None:
            body["key"] = self.key
        data = json.dumps(body).encode()
        return self._send(urllib.request.Request(
            self.base + path, data=data, headers={"Content-Type": "application/json"}, method="POST"))

    def _send(self, request):
        until = time.monotonic() + self.patience
        while True:
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                try:
                    body = json.load(error)
                except ValueError:
                    body = {}
                raise Refused(error.code, body) from None
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
