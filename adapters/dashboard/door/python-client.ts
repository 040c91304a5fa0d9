import { VERSION } from "../../../src/core/version.ts";
import { DOOR } from "./openapi.ts";
import { OPERATIONS, type Operation } from "./operations.ts";

/** A Python client of one file that needs nothing but Python 3.9: its methods are the operations. */
export function pythonClient(): string {
  const methods = (OPERATIONS as readonly Operation[])
    .filter(({ isStream }) => isStream !== true)
    .map(methodOf);
  return `${HEAD}\n${methods.join("\n")}\n${TAIL}`;
}

function methodOf({ name, method, path, summary, body, answer }: Operation): string {
  const takesCampaign = path.includes("{campaignId}");
  const fields = Object.keys(body?.shape ?? {}).filter((field) => !WHO.has(field));
  const parameters = [
    "self",
    ...(takesCampaign ? ["campaign_id"] : []),
    ...(body === undefined
      ? []
      : [...fields.map((field) => `${snake(field)}=None`), "reason=None"]),
  ];
  const address = takesCampaign
    ? `f"${path.replace("{campaignId}", "{_quoted(campaign_id)}")}"`
    : `"${path}"`;
  const given = fields.map((field) => `"${field}": ${snake(field)}`);
  const call =
    method === "get"
      ? `return self._get(${address})`
      : `return self._post(${address}, {${[...given, '"reason": reason'].join(", ")}})`;
  return [
    `    def ${name}(${parameters.join(", ")}):`,
    `        """${summary}.`,
    "",
    `        Gives: ${answer}.`,
    '        """',
    `        ${call}`,
    "",
  ].join("\n");
}

const WHO = new Set(["by", "key", "commandId", "reason"]);

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const HEAD = `# Written by "tieline contract" ${VERSION} from its OpenAPI document: do not edit, write it again.
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
    """The daemon refused: \`code\` is stable (docs/errors.md), the text says what happened and what to do."""

    def __init__(self, status, body):
        self.status, self.code = status, body.get("code", "")
        super().__init__(" ".join(filter(None, [body.get("message", "refused"), body.get("hint", "")])))


def _quoted(text):
    return urllib.parse.quote(str(text), safe="")


class Tieline:
    """A running daemon. \`by\` names who speaks, \`key\` is needed where the configuration lists operators.

    A daemon that is away for a moment is asked again for \`patience\` seconds; a command that is sent again acts once.
    """

    def __init__(self, url, by=None, key=None, patience=60.0, timeout=30.0):
        self.base = url.rstrip("/") + "${DOOR}"
        self.by, self.key, self.patience, self.timeout = by, key, patience, timeout
`;

const TAIL = `    def run(self, campaign_id, measure, pause=0.2):
        """Does every job that is asked, until the campaign is over; gives its last state.

        \`measure\` gets a job (jobId, capability, parameters) and gives the observations, or raises: the job has failed then.
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
`;
