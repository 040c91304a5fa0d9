"""A whole campaign from Python: Tieline chooses, this program measures, and a person's approval is given here as well.

    tieline start --config examples/python-lab.yaml
    python3 examples/python/campaign.py http://127.0.0.1:8080
"""
import sys

from tieline_client import Tieline


def measure(job):
    """Stands for your experiment or simulation: a yield with its best value at 62 degrees and 0.7 equivalents."""
    temperature, amount = job["parameters"]["temperature_C"], job["parameters"]["amount"]
    value = 90 - (temperature - 62) ** 2 / 40 - 120 * (amount - 0.7) ** 2
    return [{"kind": "objective", "name": "yield", "value": value, "unit": "%"}]


lab = Tieline(sys.argv[1], by="ada")
state = lab.run("powder", measure)
results = lab.results("powder")["results"]
best = max(results, key=lambda result: result["results"][0]["value"])
print(f"{state} after {len(results)} results; best yield {best['results'][0]['value']:.1f} % at {best['parameters']}")
