import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, describe, expect, test } from "vitest";
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
const POINT = { temperature_C: 60, amount: 0.7 };
const cleanUp: (() => unknown)[] = [];
afterAll(() => {
  for (const end of cleanUp.reverse()) end();
});

/** A daemon that can be killed and started again at the same address; its campaign is supervised, and a program measures. */
async function laboratory() {
  const folder = mkdtempSync(join(tmpdir(), "tieline-doors-"));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  cpSync(join(ROOT, "examples/python"), folder, { recursive: true });
  const config = readFileSync(join(ROOT, "examples/python-lab.yaml"), "utf8")
    .replace("budget: 14", "budget: 5\n    approval: supervised")
    .replace("inFlight: 2", "inFlight: 1")
    .replace("  - { id: python-2, asked: [measure] }\n", "");
  writeFileSync(join(folder, "lab.yaml"), config);
  const ports = [
    ...["--page-port", String(await freePort())],
    ...["--broker-port", String(await freePort())],
  ];
  const url = `http://127.0.0.1:${ports[1]}`;
  const words = ["start", "--config", "lab.yaml", "--data", "data", ...ports];
  const said = openSync(join(folder, "said.txt"), "a");
  const start = () =>
    spawn(process.execPath, [MAIN, ...words], { cwd: folder, stdio: ["ignore", said, said] });
  let daemon = start();
  cleanUp.push(() => daemon.kill("SIGKILL"));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const over = once(daemon, "exit");
    daemon.kill(signal);
    await over;
  };
  return {
    ...{ folder, url },
    kill: async () => {
      await end("SIGKILL");
      daemon = start();
    },
    facts: async () => {
      await end("SIGTERM");
      return factsOf(join(folder, "data/events.jsonl"));
    },
  };
}
type Laboratory = Awaited<ReturnType<typeof laboratory>>;

interface Batch {
  readonly n: number;
  readonly state: string;
  readonly waiting: readonly string[];
  readonly asked: readonly { readonly jobId: string; readonly parameters: typeof POINT }[];
}

/** How each step of a campaign is said by one way in. */
interface Door {
  propose(): Promise<void>;
  approve(batch: Batch): Promise<void>;
  /** Absent: a program beside it reports by itself. */
  report?(job: Batch["asked"][number]): Promise<void>;
  end?(): Promise<void>;
}

const yieldAt = ({ temperature_C, amount }: typeof POINT): number =>
  90 - (temperature_C - 62) ** 2 / 40 - 120 * (amount - 0.7) ** 2;

/** What the browser sends, by the page's own route. */
function page({ url }: Laboratory, by = "ada"): Door {
  const post = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(new URL(path, url), {
      ...{ method: "POST", headers: { "Content-Type": "application/json" } },
      body: JSON.stringify({ by, ...body }),
    });
    expect(await answer.json()).toMatchObject({ accepted: true });
  };
  const say = (wish: object) =>
    post("/api/command", { kind: "campaign", campaignId: "powder", ...wish });
  return {
    propose: () => say({ action: "propose", points: [{ parameters: POINT }], reason: "a guess" }),
    approve: ({ n, waiting }) => say({ action: "approve", batch: n, candidateIds: waiting }),
    report: ({ jobId, parameters }) => {
      const value = { kind: "objective", name: "yield", value: yieldAt(parameters), unit: "%" };
      return post("/api/v1/campaigns/powder/report", { jobId, observations: [value] });
    },
  };
}

async function python({ folder, url }: Laboratory, script: string): Promise<void> {
  const text = `from tieline_client import Tieline\nlab = Tieline("${url}", by="grace")\n${script}`;
  const child = spawn("python3", ["-c", text], { cwd: folder, stdio: ["ignore", 1, 2] });
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
}

/** The shipped client in one file, each step a program of its own. */
function pythonClient(lab: Laboratory): Door {
  const ids = (waiting: readonly string[]): string => JSON.stringify(waiting);
  return {
    propose: () =>
      python(lab, `lab.propose("powder", points=[{"parameters": ${JSON.stringify(POINT)}}])`),
    approve: ({ n, waiting }) =>
      python(lab, `lab.approve("powder", batch=${n}, candidate_ids=${ids(waiting)})`),
    report: ({ jobId, parameters }) => {
      const value = `{"kind": "objective", "name": "yield", "value": ${yieldAt(parameters)}, "unit": "%"}`;
      return python(lab, `lab.report("powder", job_id="${jobId}", observations=[${value}])`);
    },
  };
}

/** NIMO's loop: selection, a robot, a table; people decide on the page. */
function nimoLoop(lab: Laboratory): Door {
  const rows = Array.from({ length: 21 * 11 }, (_, k) => [20 + 4 * (k % 21), (k % 11) / 10]);
  const table = ["temperature_C,amount,yield", ...rows.map(([t, a]) => `${t},${a},`)].join("\n");
  writeFileSync(join(lab.folder, "candidates.csv"), `${table}\n`);
  const loop = `
import csv
from tieline_nimo import selection
while True:
    rows = selection(method="PHYSBO", input_file="candidates.csv", output_file="proposals.csv", num_objectives=1,
                     num_proposals=1, page="${lab.url}", campaign="powder", by="hal", units={"yield": "%"})
    if not rows:
        break
    table = list(csv.reader(open("candidates.csv")))
    for row in rows:
        if not table[row + 1][2]:
            table[row + 1][2] = "nan"  # the robot has missed it: it is asked for the same again
            continue
        t, a = float(table[row + 1][0]), float(table[row + 1][1])
        table[row + 1][2] = repr(90 - (t - 62) ** 2 / 40 - 120 * (a - 0.7) ** 2)
    csv.writer(open("candidates.csv", "w"), lineterminator="\\n").writerows(table)
`;
  const over = python(lab, loop);
  const { propose, approve } = page(lab);
  return { propose, approve, end: () => over };
}

/** An agent by the SDK's own client: it proposes, a person approves on the page. */
async function agent(lab: Laboratory): Promise<Door> {
  const client = new Client({ name: "bench-agent", version: "1" });
  const args = [MAIN, "mcp", "--page", lab.url, "--by", "ada"];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  return {
    ...page(lab, "bob"),
    propose: async () => {
      const about = { campaignId: "powder", parameters: POINT, reason: "a guess" };
      const { isError } = await client.callTool({ name: "propose_point", arguments: about });
      expect(isError).not.toBe(true);
    },
    end: () => client.close(),
  };
}

/** A whole campaign by one door: a point of one's own, all batches approved, all jobs reported; killed in mid-job. */
async function drive(lab: Laboratory, open: (lab: Laboratory) => Door | Promise<Door>) {
  const ask = async (): Promise<Batch | undefined> =>
    await fetch(new URL("/api/v1/campaigns/powder/batch", lab.url), {
      signal: AbortSignal.timeout(5_000),
    }).then(
      (answer) => (answer.ok ? (answer.json() as Promise<Batch>) : undefined),
      () => undefined,
    );
  const next = async (is: (batch: Batch) => boolean): Promise<Batch> => {
    for (;;) {
      const batch = await ask();
      if (batch !== undefined && is(batch)) return batch;
      await wait(50);
    }
  };
  const isOver = ({ state }: Batch): boolean => state === "budgetExhausted";
  await next(({ waiting }) => waiting.length === 1);
  const door = await open(lab);
  await door.propose();
  await next(({ waiting }) => waiting.length === 2);
  const seen = new Set<string>();
  for (;;) {
    const isNew = ({ asked }: Batch) => asked.some(({ jobId }) => !seen.has(jobId));
    const batch = await next((one) => one.waiting.length > 0 || isNew(one) || isOver(one));
    const job = batch.asked.find(({ jobId }) => !seen.has(jobId));
    if (job !== undefined) {
      seen.add(job.jobId);
      if (seen.size === 3) {
        await lab.kill();
        await next(({ asked }) => asked.length === 1 || door.report === undefined);
      }
      await door.report?.(job);
    } else if (batch.waiting.length > 0) {
      await door.approve(batch);
      await next(({ waiting }) => waiting.join() !== batch.waiting.join());
    } else if (isOver(batch)) break;
  }
  await door.end?.();
  return await lab.facts();
}

interface Fact {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Said by the people and programs of a campaign, or decided for it; the rest is about connections and times. */
const OF_CAMPAIGN = /^(campaign\.|planner\.|operator\.command|job\.(result|failed|rejected))/;
/** Who asked, in which words, and by which message: what may differ. */
const WHO = new Set([
  "by",
  "reason",
  "identity",
  "commandId",
  "message",
  "sent_ms",
  "needsApproval",
]);
const but = (name: string, value: unknown): unknown => (WHO.has(name) ? undefined : value);

function factsOf(file: string): unknown[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line, but) as { fact: Fact }).fact)
    .filter(({ type }) => OF_CAMPAIGN.test(type));
}

describe.runIf(hasPython)(
  "a supervised campaign, killed in mid-job, is the same in the log by every door but for who asked",
  () => {
    test("page, Python client, NIMO's loop, agent", async () => {
      const doors = { page, pythonClient, nimoLoop, agent };
      const logs = await Promise.all(
        Object.entries(doors).map(async ([name, open]) => [
          name,
          await drive(await laboratory(), open),
        ]),
      );
      const { page: byPage, ...others } = Object.fromEntries(logs) as Record<string, unknown[]>;
      expect(byPage?.filter((fact) => (fact as Fact).type === "job.result")).toHaveLength(5);
      for (const [name, facts] of Object.entries(others)) expect(facts, name).toEqual(byPage);
    }, 300_000);
  },
);
