import { afterEach, expect, test } from "vitest";
import { openApiDocument } from "../../../adapters/dashboard/door/openapi.ts";
import { OPERATIONS } from "../../../adapters/dashboard/door/operations.ts";
import {
  type ScriptedDashboard,
  type ScriptedDashboardOptions,
  startScriptedDashboard,
} from "../../support/scripted-dashboard.ts";

let dashboard: ScriptedDashboard | undefined;
afterEach(async () => {
  await dashboard?.stop();
  dashboard = undefined;
});

async function start(options?: ScriptedDashboardOptions): Promise<ScriptedDashboard> {
  dashboard = await startScriptedDashboard(options);
  dashboard.laboratory.propose(3);
  return dashboard;
}

async function say(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${dashboard?.url}api/v1${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("the OpenAPI document has every operation, and the server answers at each reading one", async () => {
  const { url } = await start();
  const served = (await (await fetch(`${url}api/v1/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  expect(served.openapi).toBe("3.1.0");
  const named = Object.values(served.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(named.sort()).toEqual(OPERATIONS.map(({ name }) => name).sort());
  for (const { method, path, name } of OPERATIONS) {
    if (method !== "get" || name === "events") continue;
    const answer = await fetch(`${url}api/v1${path.replace("{campaignId}", "al-mg-zn")}`);
    expect(answer.status, path).toBe(200);
    const nowhere = await fetch(`${url}api/v1${path.replace("{campaignId}", "nowhere")}`);
    expect(nowhere.status).toBe(path.includes("{") ? 404 : 200);
  }
});

test("the batch has its points with reasons, and which of them wait for a person", async () => {
  const { url, laboratory } = await start({ approval: "supervised" });
  const batch = (await (await fetch(`${url}api/v1/campaigns/al-mg-zn/batch`)).json()) as {
    points: { why: string }[];
    waiting: string[];
  };
  expect(batch.points).toHaveLength(3);
  expect(batch.points[0]?.why).toContain("least certain here");
  expect(batch.waiting).toHaveLength(3);
  expect(laboratory.measured).toEqual([]);
});

test("who changes something has a name, a key and the right, as on the page", async () => {
  const { commands } = await start({
    policy: {
      readOnly: false,
      operatorKeys: { ada: "secret", bob: "other" },
      operatorRights: { ada: ["operate"], bob: ["approve"] },
    },
  });
  const path = "/campaigns/al-mg-zn";
  expect((await say(`${path}/pause`, {})).status).toBe(400);
  expect((await say(`${path}/pause`, { by: "ada" })).status).toBe(401);
  expect((await say(`${path}/pause`, { by: "ada", key: "wrong" })).status).toBe(401);
  expect((await say(`${path}/approve`, { by: "ada", key: "secret" })).status).toBe(403);
  const report = { by: "bob", key: "other", jobId: "j", failed: "x" };
  expect((await say(`${path}/report`, report)).status).toBe(403);
  const foreign = { origin: "http://evil.example" };
  expect((await say(`${path}/pause`, { by: "ada", key: "secret" }, foreign)).status).toBe(403);
  expect((await say("/campaigns/nowhere/pause", { by: "ada", key: "secret" })).status).toBe(404);
  expect(commands).toEqual([]);
  const done = await say(`${path}/pause`, {
    by: "ada",
    key: "secret",
    commandId: "c1",
    reason: "tea",
  });
  expect(done).toMatchObject({ status: 200, body: { accepted: true, commandId: "c1" } });
  expect(commands).toMatchObject([
    { kind: "campaign", action: "pause", campaignId: "al-mg-zn", by: "ada", reason: "tea" },
  ]);
});

test("a read-only page takes no word of a program", async () => {
  const { commands } = await start({ policy: { readOnly: true } });
  expect((await say("/campaigns/al-mg-zn/stop", { by: "ada" })).status).toBe(403);
  const told = await say("/campaigns/al-mg-zn/report", { by: "ada", jobId: "j", failed: "x" });
  expect(told.status).toBe(403);
  expect(commands).toEqual([]);
});

test("what is reported is a result or a failure of a job; one that no program was asked goes to the daemon as a person's word", async () => {
  const { commands } = await start();
  const path = "/campaigns/al-mg-zn/report";
  expect((await say(path, { by: "ada", jobId: "j" })).status).toBe(400);
  expect((await say(path, { by: "Configuration", jobId: "j", failed: "x" })).status).toBe(400);
  await say(path, { by: "ada", jobId: "j", failed: "it broke" });
  expect(commands).toMatchObject([
    { action: "report", by: "ada", jobId: "j", reason: "it broke", report: { outcome: "failed" } },
  ]);
});

test("what is told is a result that nobody asked for, at a point; it is the operator's command of that name", async () => {
  const { commands } = await start();
  const phases = { kind: "phases", phases: ["A", "B"], compositions: { A: { Al: 0.9, Zn: 0.1 } } };
  const told = {
    by: "ada",
    point: { candidateId: "c1" },
    observations: [phases],
    reason: "thesis",
  };
  expect((await say("/campaigns/al-mg-zn/tell", told)).body).toMatchObject({ accepted: true });
  expect((await say("/campaigns/al-mg-zn/tell", { ...told, jobId: "j" })).status).toBe(400);
  expect(commands).toMatchObject([
    { action: "tell", points: [{ candidateId: "c1" }], observations: [phases], reason: "thesis" },
  ]);
});
