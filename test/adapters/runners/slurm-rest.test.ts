import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { SubmissionRefused } from "../../../adapters/runners/cluster/batch-system.ts";
import {
  decodeJobs,
  encodeOrder,
  newestCodec,
} from "../../../adapters/runners/cluster/slurm-codec.ts";
import { slurmRest } from "../../../adapters/runners/cluster/slurm-rest.ts";

const ORDER = { name: "tieline-ab", count: 3, args: ["/shared/it's", "array"] };
const NEEDS = { script: "/shared/pilot.sh", properties: { partition: "long" } };
const SCRIPT = "#!/bin/bash\nexec '/shared/pilot.sh' '/shared/it'\\''s' 'array'\n";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A slurmrestd that gives these answers by path, and notes what it was sent. */
async function slurmrestd(answers: Record<string, readonly [status: number, body: unknown]>) {
  const asked: { path: string; headers: object; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ path: request.url ?? "", headers: request.headers, body });
    const [status, answer] = answers[request.url ?? ""] ?? [404, "no such page"];
    response.writeHead(status).end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, rest: slurmRest({ ...NEEDS, address, prefix: "tieline-" }) };
}

const paths = (...codecs: number[]) => ({
  paths: Object.fromEntries(codecs.map((n) => [`/slurm/v0.0.${n}/job/submit`, {}])),
});

describe("the codecs of slurmrestd", () => {
  test("the newest that is offered is spoken, none below 0.0.38", () => {
    expect(newestCodec(paths(36, 38, 37))).toBe(38);
    expect(newestCodec({ paths: { "/slurm/v0.0.41/job/submit/": {} } })).toBe(41);
    expect(newestCodec(paths(36, 37))).toBe(undefined);
    expect(newestCodec("no JSON")).toBe(undefined);
  });

  test("an order is an array of as many tasks; environment and place of the script change with the codec", () => {
    const same = { name: "tieline-ab", partition: "long", array: "0-2" };
    expect(encodeOrder(38, ORDER, NEEDS)).toMatchObject({
      script: SCRIPT,
      job: { ...same, environment: { PATH: "/usr/local/bin:/usr/bin:/bin" } },
    });
    expect(encodeOrder(40, ORDER, NEEDS)).toMatchObject({
      script: SCRIPT,
      job: { ...same, environment: ["PATH=/usr/local/bin:/usr/bin:/bin"] },
    });
    expect(encodeOrder(41, ORDER, NEEDS)).toMatchObject({ job: { ...same, script: SCRIPT } });
    expect(encodeOrder(38, { ...ORDER, count: 1 }, NEEDS)).not.toHaveProperty("job.array");
  });

  test("rows become pilots by name: a waiting array each of its tasks, and what is over none", () => {
    const old = [
      { job_id: 12, name: "tieline-x", job_state: "RUNNING", array_job_id: 0, array_task_id: null },
      { job_id: 2, name: "tieline-a", job_state: "RUNNING", array_job_id: 1, array_task_id: 0 },
      {
        ...{ job_id: 1, name: "tieline-a", job_state: "PENDING", array_job_id: 1 },
        ...{ array_task_id: null, array_task_string: "2-4,7,10-14:2%2" },
      },
      { job_id: 9, name: "tieline-b", job_state: "CANCELLED", array_job_id: 0 },
      { job_id: 10, name: "another", job_state: "RUNNING", array_job_id: 0 },
    ];
    const named = (rows: unknown) =>
      decodeJobs({ jobs: rows }, "tieline-").map(({ jobId, name }) => `${jobId} ${name}`);
    const tasks = [2, 3, 4, 7, 10, 12, 14].map((k) => `1_${k} tieline-a-${k}`);
    expect(named(old)).toEqual(["12 tieline-x", "1_0 tieline-a-0", ...tasks]);
    const none = { set: false, infinite: false, number: 0 };
    const set = (number: number) => ({ set: true, infinite: false, number });
    const array = { name: "tieline-a", array_job_id: set(5) };
    const fresh = [
      {
        job_id: 5,
        name: "tieline-x",
        job_state: ["RUNNING"],
        array_job_id: set(0),
        array_task_id: none,
      },
      { ...array, job_id: 6, job_state: ["RUNNING", "COMPLETING"], array_task_id: set(1) },
      { ...array, job_id: 5, job_state: ["PENDING"], array_task_id: none, array_task_string: "3" },
      { ...array, job_id: 7, job_state: ["NODE_FAIL"], array_task_id: set(2) },
    ];
    expect(named(fresh)).toEqual(["5 tieline-x", "5_1 tieline-a-1", "5_3 tieline-a-3"]);
    expect(() => decodeJobs({}, "tieline-")).toThrow("no list");
  });

  test("where the tasks of a waiting array are cut short, in the midst of a number, those not named wait still unless they have a row", () => {
    const array = { name: "tieline-a", array_job_id: 5 };
    const text = "0,200-205,210-215,220-225,230-235,240-245,250-255,260-265,27...%5";
    const rows = [
      { ...array, job_id: 5, job_state: "PENDING", array_task_id: null, array_task_string: text },
      { ...array, job_id: 6, job_state: "RUNNING", array_task_id: 266 },
      { ...array, job_id: 7, job_state: "CANCELLED", array_task_id: 267 },
    ];
    const listed = decodeJobs({ jobs: rows }, "tieline-");
    const has = (task: number) => listed.filter(({ name }) => name === `tieline-a-${task}`);
    expect([27, 206, 267, 1000].flatMap(has)).toEqual([]);
    expect(has(266).map(({ state }) => state)).toEqual(["RUNNING"]);
    const waiting = [0, 200, 265, 270, 275, 999].flatMap(has);
    expect(waiting.map(({ jobId }) => jobId)).toEqual(
      [0, 200, 265, 270, 275, 999].map((k) => `5_${k}`),
    );
  });
});

describe("slurmrestd", () => {
  const openApi = { "/openapi/v3": [200, paths(38)] } as const;

  test("is asked for its codec once, and named who asks where there is a token", async () => {
    process.env["SLURM_JWT"] = "SLURM_JWT=abc\n";
    const { asked, rest } = await slurmrestd({
      ...openApi,
      "/slurm/v0.0.38/job/submit": [200, { errors: [], job_id: 77 }],
      "/slurm/v0.0.38/jobs": [200, { errors: [], jobs: [] }],
    });
    expect([await rest.submit(ORDER), await rest.list()]).toEqual(["77", []]);
    delete process.env["SLURM_JWT"];
    await rest.list();
    expect(asked.map(({ path }) => path.split("/").at(-1))).toEqual([
      "v3",
      "submit",
      "jobs",
      "jobs",
    ]);
    expect(asked[1]?.headers).toMatchObject({
      "x-slurm-user-token": "abc",
      connection: "keep-alive",
    });
    expect(asked[3]?.headers).not.toHaveProperty("x-slurm-user-token");
  });

  test("refuses with a number of the controller's own; everything else leaves open whether it was accepted", async () => {
    const submit = async (status: number, answer: unknown) => {
      const { rest } = await slurmrestd({
        ...openApi,
        "/slurm/v0.0.38/job/submit": [status, answer],
      });
      return await rest.submit(ORDER).catch((error: unknown) => error);
    };
    const errors = (...all: object[]) => ({ errors: all });
    const array = { error_code: 2081, error: "Invalid job array specification" };
    expect(await submit(500, errors(array))).toBeInstanceOf(SubmissionRefused);
    const newer = { error_number: 2050, description: "over the limit" };
    expect(await submit(500, errors(newer))).toBeInstanceOf(SubmissionRefused);
    const away = { error_code: 1803, error: "Unable to contact slurm controller" };
    for (const said of [
      await submit(500, errors(away)),
      await submit(500, "<html>"),
      await submit(200, "half an ans"),
      await submit(200, { errors: [], job_id: 0 }),
    ]) {
      expect(said).toBeInstanceOf(Error);
      expect(said).not.toBeInstanceOf(SubmissionRefused);
    }
  });

  test("that is not there, or has other codecs by now, is no answer, and is asked anew", async () => {
    const nowhere = { ...NEEDS, address: `unix:${tmpdir()}/nothing.sock`, prefix: "tieline-" };
    await expect(slurmRest(nowhere).list()).rejects.toThrow("ENOENT");
    const answers: Record<string, readonly [number, unknown]> = { ...openApi };
    const { rest } = await slurmrestd(answers);
    await expect(rest.list()).rejects.toThrow("404");
    answers["/openapi/v3"] = [200, paths(40, 42)];
    answers["/slurm/v0.0.42/jobs"] = [200, { jobs: [], errors: [] }];
    expect(await rest.list()).toEqual([]);
  });
});
