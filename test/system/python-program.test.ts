import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { pythonClient } from "../../adapters/dashboard/door/python-client.ts";
import { until } from "../contract/listener.ts";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";
import { peerIsThere } from "../support/peer.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();
const hasPython = peerIsThere(
  "python3",
  spawnSync("python3", ["--version"]).status === 0,
  "apt-get install python3",
);

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

function launch(program: string, argv: readonly string[], cwd: string, env = {}) {
  let said = "";
  const child = spawn(program, argv, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  cleanUp.push(() => end(child));
  return { child, said: () => said };
}

async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill(signal);
  await over;
}

/** The example's folder, with a broker and a page on free ports. */
async function makeLaboratory(change: (config: string) => string = (config) => config) {
  const folder = mkdtempSync(join(tmpdir(), "tieline-python-"));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, "examples/python"), folder, { recursive: true });
  const file = join(folder, "lab.yaml");
  writeFileSync(file, change(readFileSync(join(ROOT, "examples/python-lab.yaml"), "utf8")));
  const [page, broker] = [await freePort(), await freePort()];
  const data = join(folder, "data");
  const start = (env = {}) =>
    launch(
      process.execPath,
      [
        ...[MAIN, "start", "--config", file, "--data", data],
        ...["--page-port", String(page), "--broker-port", String(broker)],
      ],
      folder,
      env,
    );
  return { folder, data, start, url: `http://127.0.0.1:${page}` };
}

/** The code cells of a notebook of the examples. */
function codeOf(name: string): string {
  const { cells } = JSON.parse(readFileSync(join(ROOT, "examples/python", name), "utf8")) as {
    cells: { cell_type: string; source: string[] }[];
  };
  return cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join(""))
    .join("\n\n");
}

interface Exported {
  readonly campaign: { readonly state: string };
  readonly observations: readonly {
    readonly candidateId: string;
    readonly reportedBy?: string;
    readonly identity?: string;
  }[];
  readonly jobs: readonly { readonly starts: number }[];
  readonly decisions: readonly {
    readonly by: string;
    readonly identity?: string;
    readonly action: string;
  }[];
}

function exportOf(data: string): Exported {
  const run = spawnSync(process.execPath, [MAIN, "export", "--format", "json", "--data", data]);
  return JSON.parse(run.stdout.toString()) as Exported;
}

test("the shipped client is what the OpenAPI document gives: tieline contract writes it again", () => {
  const shipped = readFileSync(join(ROOT, "examples/python/tieline_client.py"), "utf8");
  expect(shipped).toBe(pythonClient());
});

describe.runIf(hasPython)("a campaign whose instrument is a Python program", () => {
  test("is done from the first job to the last, also where the daemon is killed on the way", async () => {
    const { folder, data, start, url } = await makeLaboratory();
    const first = start();
    const program = launch("python3", ["campaign.py", url], folder);
    const results = async () =>
      ((await (await fetch(`${url}/api/v1/campaigns/powder/results`)).json()) as { results: [] })
        .results.length;
    while ((await results().catch(() => 0)) < 4) await new Promise((next) => setTimeout(next, 20));
    await end(first.child);
    const again = start();
    await until(() => program.said().includes("results"), "the program's last word", 60_000);
    expect(program.said()).toMatch(
      /^budgetExhausted after 14 results; best yield (8\d|90)\.\d % at/,
    );
    // The notebook's cells, one after the other, on what is there now.
    const notebook = launch("python3", ["-c", codeOf("campaign.ipynb")], folder, {
      TIELINE_PAGE: url,
    });
    await until(() => notebook.child.exitCode !== null, "the notebook's end", 30_000);
    expect(notebook.child.exitCode, notebook.said()).toBe(0);
    expect(notebook.said()).toMatch(/best: result \d+, (8\d|90)\.\d %, reported by ada/);
    expect(notebook.said().match(/^ +\d+ +[\d.]+ +[\d.]+ +-?[\d.]+$/gm)).toHaveLength(14);
    await end(again.child, "SIGTERM");
    const { observations, jobs, campaign } = exportOf(data);
    expect(campaign.state).toBe("budgetExhausted");
    expect(new Set(observations.map(({ candidateId }) => candidateId)).size).toBe(14);
    expect(jobs.map(({ starts }) => starts)).toEqual(jobs.map(() => 1));
  });

  test("NIMO's table: what counts as measured is a finite number in each result column, or a label that is one", () => {
    const script = `
from tieline_nimo import _Table
def measured(method, *cells):
    table = _Table(method, [["1", *cells]], ["x"], [f"r{k}" for k in range(len(cells))], {})
    return table._is_measured({"row": 0})
no = [("",), ("nan",), ("NaN",), ("inf",), ("failed",), (" ",), ("1", ""), ("nan", "2")]
print([cells for cells in no if measured("PHYSBO", *cells)])
print([cells for cells in [("0",), (" 1e-3 ",), ("1", "-2")] if not measured("PHYSBO", *cells)])
print([measured("PDC", label) for label in ["", "nan", "N/A", "fcc", "fcc+hcp", "0"]])
`;
    const done = spawnSync("python3", ["-c", script], {
      ...{ cwd: join(ROOT, "examples/python"), encoding: "utf8" },
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    expect(done.stderr).toBe("");
    expect(done.stdout.split("\n").slice(0, 3)).toEqual([
      ...["[]", "[]", "[False, False, False, True, True, True]"],
    ]);
  });

  test("a supervised one waits until the program's person approves, and the log says who approved, reported and told, proven by keys, over a kill", async () => {
    const { folder, data, start, url } = await makeLaboratory((config) =>
      config.replace("budget: 14", "budget: 3\n    approval: supervised"),
    );
    const daemon = start({ TIELINE_OPERATORS: "ada:secret,eve:other" });
    writeFileSync(
      join(folder, "approve.py"),
      `import sys, time
from tieline_client import OVER, Tieline, Refused
lab = Tieline("${url}", by="ada", key="secret")
heard = lab.events(after=0)
first = next(heard)
assert first["position"] == 1, first
try:
    lab.batch("nothing")
    raise SystemExit("no refusal")
except Refused as refused:
    assert refused.code == "TL-9005", refused
assert lab.report("powder", job_id="powder.9.s1", failed="x")["accepted"] is False
yields = [{"kind": "objective", "name": "yield", "value": 1, "unit": "%"}]
told = lab.tell("powder", point={"parameters": {"temperature_C": 20, "amount": 0}}, observations=yields, reason="thesis of 2019")
assert told["accepted"], told
try:
    Tieline("${url}", by="eve", key="secret").pause("powder")
    raise SystemExit("no refusal")
except Refused as refused:
    assert refused.code == "TL-9004", refused
while True:
    batch = lab.batch("powder")
    if batch["waiting"]:
        assert batch["asked"] == [], batch
        print(lab.approve("powder", batch=batch["n"], reason="looked at"))
    for job in batch["asked"]:
        lab.report("powder", job_id=job["jobId"], observations=yields)
    if batch["state"].split(".")[0] in OVER:
        break
    time.sleep(0.1)
print("over", batch["state"])
`,
    );
    const program = launch("python3", ["approve.py"], folder);
    // Killed behind the first approval: nothing is approved, told or measured twice.
    await until(() => program.said().includes("'accepted': True"), "an approval", 60_000);
    await end(daemon.child);
    const again = start({ TIELINE_OPERATORS: "ada:secret,eve:other" });
    await until(
      () => /over/.test(program.said()) || program.child.exitCode !== null,
      "the end",
      60_000,
    );
    expect(program.said()).toMatch(/over budgetExhausted/);
    await end(again.child, "SIGTERM");
    const { observations, decisions, jobs } = exportOf(data);
    expect(observations).toHaveLength(1 + 3);
    expect(jobs.map(({ starts }) => starts)).toEqual([1, 1, 1]);
    for (const observation of observations)
      expect(observation).toMatchObject({ reportedBy: "ada", identity: "verified" });
    expect(decisions.find(({ action }) => action === "approve")).toMatchObject({
      by: "ada",
      identity: "verified",
      action: "approve",
      reason: "looked at",
    });
  });

  test("a truth of one's own: the hull finds the ends of a gap and numbers them, leaves no row empty, keeps the database's temperatures", () => {
    const code = `
import json, math
from make_truth import fields, limits_of, row_at
points = 2000
x = [k / points for k in range(points + 1)]
mixed = lambda v: 0 if v in (0, 1) else v * math.log(v) + (1 - v) * math.log(1 - v)
# A regular solution with a gap that is known: ln((1 - x) / x) = w (1 - 2 x); beside it a line compound at 0.9.
w = 2.5
g = [mixed(v) + w * v * (1 - v) for v in x] + [mixed(0.9) + w * 0.09 - 0.4]
found = fields(x + [0.9], g, ["fcc"] * len(x) + ["line"], gap=20 / points)
gap = fields(x, g[:-1], ["fcc"] * len(x), gap=20 / points)[1]
rows = [row_at(700, k / 50, fields(x, g[:-1], ["fcc"] * len(x), 20 / points), 1 / points) for k in range(51)]
print(json.dumps(dict(
    gap=gap, names=[row["phases"] for row in rows], middle=rows[25],
    fields=[names for _, _, names, _ in found],
    limits=limits_of(["Piecewise((1, And(T < 700.0, 298.0 <= T)), (2, And(T < 2900.0, 700.0 <= T)))", "3*T"]))))
`;
    const run = spawnSync("python3", ["-c", code], { cwd: join(ROOT, "examples/python") });
    expect(run.stderr.toString()).toBe("");
    const { gap, names, middle, fields, limits } = JSON.parse(run.stdout.toString());
    const [low, high] = gap as [number, number];
    // The analytic ends, within the grid's half step.
    const misfit = (v: number): number => Math.log((1 - v) / v) - 2.5 * (1 - 2 * v);
    for (const end of [low, high])
      expect(Math.sign(misfit(end - 5e-4))).not.toBe(Math.sign(misfit(end + 5e-4)));
    expect(low + high).toBeCloseTo(1, 6);
    expect(names).toHaveLength(51);
    expect(new Set(names)).toEqual(new Set(["fcc", "fcc#1+fcc#2"]));
    // #1 has more of the second element; amounts by the lever rule.
    expect(middle).toMatchObject({ phase_1: "fcc#1", x_1_B: high, x_2_B: low, f_1: 0.5 });
    expect(fields).toEqual([["fcc"], ["fcc", "line"], ["line"], ["line", "fcc"], ["fcc"]]);
    expect(limits).toEqual([298, 2900]);
  });

  test("NIMO's selection: the same table in, the same proposals.csv out", () => {
    const folder = mkdtempSync(join(tmpdir(), "tieline-nimo-"));
    cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(join(ROOT, "examples/python"), folder, { recursive: true });
    cpSync(join(ROOT, "examples/reactions.csv"), join(folder, "candidates.csv"));
    const run = spawnSync(
      "python3",
      [
        "-c",
        'from tieline_nimo import selection; print(selection(method="PHYSBO", input_file="candidates.csv", output_file="proposals.csv", num_objectives=1, num_proposals=3, re_seed=2))',
      ],
      { cwd: folder, env: { ...process.env, TIELINE: `"${process.execPath}" "${MAIN}"` } },
    );
    expect(run.stderr.toString()).toBe("");
    const [head, ...rows] = readFileSync(join(folder, "proposals.csv"), "utf8").trim().split("\n");
    expect(head).toBe("actions,temperature_K,time_h,catalyst_molFraction");
    expect(rows).toHaveLength(3);
    const table = readFileSync(join(folder, "candidates.csv"), "utf8").trim().split("\n").slice(1);
    for (const row of rows) {
      const [action, ...inputs] = row.split(",");
      // NIMO's robot looks the row up by its place: it is a candidate without a result, with these inputs.
      expect(table[Number(action)]).toBe(`${inputs.join(",")},`);
    }
  });
});
