import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { waitingTasks } from "../../../adapters/runners/cluster/array-tasks.ts";
import { SubmissionRefused } from "../../../adapters/runners/cluster/batch-system.ts";
import {
  decodeJobs,
  encodeOrder,
  newestCodec,
} from "../../../adapters/runners/cluster/slurm-codec.ts";
import { slurmRest } from "../../../adapters/runners/cluster/slurm-rest.ts";
import { silentLogger } from "../../../src/core/logger.ts";

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
  const told: object[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void told.push(fields) };
  return { asked, told, rest: slurmRest({ ...NEEDS, address, prefix: "tieline-", logger }) };
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

  test("a list of tasks that was cut says of no later task that it is gone", () => {
    // As slurmrestd 22.05.8 wrote it of an array with many holes, up to the number in whose middle it was cut.
    const text = "0-1,4,9,11,15-16,25,29-32,36,43,47,49-50,60-61,64-65,67-69,7...";
    const tasks = waitingTasks(text);
    expect(tasks.slice(0, 5)).toEqual([0, 1, 4, 9, 11]);
    expect([10, 66, 70, 700, 999, 1000].map((task) => tasks.includes(task))).toEqual([
      ...[false, false, true, true, true],
      false,
    ]);
    expect(waitingTasks("0-99...%4")).toHaveLength(1000);
    expect([waitingTasks("1-3%2"), waitingTasks(undefined)]).toEqual([[1, 2, 3], []]);
    const row = { job_id: 1, name: "tieline-a", job_state: "PENDING", array_job_id: 1 };
    const jobs = decodeJobs({ jobs: [{ ...row, array_task_string: text }] }, "tieline-");
    expect(jobs.map(({ name }) => name)).toContain("tieline-a-812");
  });

  test("a task that has a row of its own is that row: over it is no pilot, though a list that was cut may have named it", () => {
    const array = { name: "tieline-a", array_job_id: 5 };
    const text = "0,200-205,210-215,220-225,230-235,240-245,250-255,260-265,27...%5";
    const rows = [
      { ...array, job_id: 5, job_state: "PENDING", array_task_id: null, array_task_string: text },
      { ...array, job_id: 6, job_state: "RUNNING", array_task_id: 266 },
      { ...array, job_id: 7, job_state: "CANCELLED", array_task_id: 267 },
    ];
    const listed = decodeJobs({ jobs: rows }, "tieline-");
    const has = (task: number) => listed.filter(({ jobId }) => jobId === `5_${task}`);
    expect([27, 206, 267].flatMap(has)).toEqual([]);
    expect([266, 270].flatMap(has).map(({ state }) => state)).toEqual(["RUNNING", "PENDING"]);
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

  test("has accepted what it gives a number for, whatever else it says, in every codec's way", async () => {
    const errors = [{ error_number: 2050, description: "over the limit" }];
    for (const [status, answer] of [
      [200, { errors, warnings: [{ description: "memory was rounded" }], job_id: 7 }],
      [500, { errors, job_id: 7 }],
      [404, { errors, job_id: 7 }],
      [200, { errors, result: { job_id: { set: true, infinite: false, number: 7 } } }],
    ] as const) {
      const { rest, told } = await slurmrestd({
        ...openApi,
        "/slurm/v0.0.38/job/submit": [status, answer],
      });
      expect(await rest.submit(ORDER)).toBe("7");
      expect(told).toEqual([{ jobId: "7", besides: ["over the limit"] }]);
    }
  });

  test("that knows the token no more is told as that, with what to do; nothing was accepted, and nothing is taken for away", async () => {
    const refusal = [401, { errors: [{ error: "Authentication failure" }] }] as const;
    const byController = { error_code: 1007, error: "Protocol authentication error" };
    for (const answers of [
      { "/openapi/v3": refusal },
      { ...openApi, "/slurm/v0.0.38/job/submit": refusal, "/slurm/v0.0.38/jobs": refusal },
      {
        ...openApi,
        "/slurm/v0.0.38/job/submit": [401, "<html>"] as const,
        "/slurm/v0.0.38/jobs": refusal,
      },
      {
        ...openApi,
        "/slurm/v0.0.38/job/submit": [500, { errors: [byController] }] as const,
        "/slurm/v0.0.38/jobs": [500, { errors: [byController] }] as const,
      },
    ]) {
      const { rest } = await slurmrestd(answers);
      const hint = expect.stringContaining("scontrol token");
      await expect(rest.submit(ORDER)).rejects.toMatchObject({ code: "TL-7033", hint });
      await expect(rest.list()).rejects.toMatchObject({ code: "TL-7033", hint });
    }
  });

  test("of another release by now is asked for its codecs anew, and what is sent is in the words of its path", async () => {
    const meta = (release: string) => ({ meta: { Slurm: { release } }, errors: [], jobs: [] });
    const answers: Record<string, readonly [number, unknown]> = {
      ...openApi,
      "/slurm/v0.0.38/jobs": [200, meta("22.05.8")],
      "/slurm/v0.0.38/job/submit": [200, { job_id: 2 }],
    };
    const { asked, rest } = await slurmrestd(answers);
    await rest.list();
    // The old codec is still there for a while.
    answers["/openapi/v3"] = [200, paths(38, 42)];
    answers["/slurm/v0.0.38/jobs"] = [200, meta("24.11.1")];
    answers["/slurm/v0.0.42/job/submit"] = [
      200,
      { meta: { slurm: { release: "24.11.1" } }, job_id: 3 },
    ];
    await rest.list();
    expect(await rest.submit(ORDER)).toBe("3");
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toHaveProperty("job.script");
    // Then it goes: the order that met no such path is written anew in the codec that is there, and sent once.
    answers["/openapi/v3"] = [200, paths(38)];
    answers["/slurm/v0.0.38/job/submit"] = [200, { job_id: 4 }];
    delete answers["/slurm/v0.0.42/job/submit"];
    expect(await rest.submit(ORDER)).toBe("4");
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toHaveProperty("script");
  });

  test("that is not there, or has other codecs by now, is no answer, and is asked anew", async () => {
    const address = `unix:${tmpdir()}/nothing.sock`;
    const nowhere = { ...NEEDS, address, prefix: "tieline-", logger: silentLogger };
    await expect(slurmRest(nowhere).list()).rejects.toThrow("ENOENT");
    const answers: Record<string, readonly [number, unknown]> = { ...openApi };
    const { rest } = await slurmrestd(answers);
    await expect(rest.list()).rejects.toThrow("404");
    answers["/openapi/v3"] = [200, paths(40, 42)];
    answers["/slurm/v0.0.42/jobs"] = [200, { jobs: [], errors: [] }];
    expect(await rest.list()).toEqual([]);
  });
});
