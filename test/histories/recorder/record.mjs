// Records one history: npx tsx test/histories/recorder/record.mjs NAME (from the project's root, after a build).
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import mqtt from "mqtt";
import { createAgentMessages } from "../../../adapters/mqtt/agent-messages.ts";
import { connectOperator } from "../../../adapters/mqtt/operator-client.ts";

const name = process.argv[2];
const out = `/tmp/h/${name}`;
const config = `test/histories/${name}.yaml`;
const text = readFileSync(config, "utf8");
const port = /port: (\d+)/.exec(text)[1];
const site = /site: (\S+)/.exec(text)[1];
const url = `mqtt://127.0.0.1:${port}`;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
rmSync(out, { recursive: true, force: true });
const say = (...a) => console.log(name, ...a);

function events() {
  const file = `${out}/events.jsonl`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((l) => JSON.parse(l));
}
const count = (test) => events().filter((e) => test(e.fact)).length;
let child, ended;
function start(speed = 1000, more = []) {
  const log = openSync(`/tmp/h/${name}.txt`, "a");
  child = spawn(
    "node",
    [
      "dist/src/main.js",
      "start",
      "--config",
      config,
      "--data",
      out,
      "--until-done",
      "--speed",
      String(speed),
      ...more,
    ],
    { stdio: ["ignore", log, log], env: { ...process.env, TIELINE_LOG_LEVEL: "warn" } },
  );
  const one = child;
  ended = new Promise((r) =>
    one.once("exit", (code, signal) => {
      one.isOver = true;
      r(code ?? signal);
    }),
  );
}
async function until(test, what, max = 240_000) {
  const t0 = Date.now();
  for (;;) {
    const v = await test();
    if (v) return v;
    if (child.isOver) {
      say("daemon over while waiting for", what);
      return undefined;
    }
    if (Date.now() - t0 > max) throw new Error(`${name}: waited in vain for ${what}`);
    await sleep(60);
  }
}
const seen = (n, test, what) => until(() => count(test) >= n, what ?? String(test));
const done = (n) => seen(n, (f) => f.type === "job.result", `${n} results`);
const lines = (n) => until(() => events().length >= n, `${n} events`);
async function kill() {
  child.kill("SIGKILL");
  await ended;
  say("killed at", events().length);
}
let operator;
async function operate(campaignId, action, more = {}) {
  for (let k = 0; operator === undefined; k++) {
    try {
      operator = await connectOperator({ url, site });
    } catch (e) {
      if (k > 30) throw e;
      await sleep(300);
    }
  }
  const reply = await operator.command({ campaignId, action, by: "ada", ...more });
  say(action, JSON.stringify(more), reply.accepted, reply.reason ?? "");
  return reply;
}
async function publish(topic, payload, options = { qos: 1 }) {
  const c = await mqtt.connectAsync(url, { clientId: `someone-${Date.now()}` });
  await c.publishAsync(topic, payload, options);
  await c.endAsync();
}
async function emergency(active, reason) {
  const m = createAgentMessages({ site, agentId: "somebody", epoch: 1 }).emergencyStop(
    { active, by: "ada", reason },
    Date.now(),
  );
  await publish(m.topic, m.payload, { qos: 1, retain: true });
  say("emergency", active);
}

const scenarios = {
  "default-kills": async () => {
    for (const n of [25, 120, 300, 301, 520, 760]) {
      start(1000, ["--seed", "1"]);
      await lines(n);
      await sleep(37);
      await kill();
    }
    // ends by itself at a point in the middle of its work
    process.env.TIELINE_KILL_AT = "after-append:60";
    start(1000, ["--seed", "1"]);
    say(await ended);
    delete process.env.TIELINE_KILL_AT;
    start(1000, ["--seed", "1"]);
  },
  "optimise-failures": async () => {
    start(600);
    await done(6);
    const results = () =>
      events()
        .filter((e) => e.fact.type === "job.result")
        .map((e) => e.fact.jobId);
    await operate("ageing", "withdraw", { jobId: results()[3], reason: "wrong crucible" });
    await publish(`tieline/v1/${site}/instrument/tester-1/job/zzz/result`, "{not json");
    await publish(
      `tieline/v1/${site}/instrument/tester-1/state`,
      JSON.stringify({
        specversion: "1.0",
        id: "x",
        source: "instrument/tester-1",
        type: "tieline.other",
        time: "2026-01-01T00:00:00Z",
        data: {},
      }),
    );
    await done(11);
    await operate("ageing", "withdraw", { jobId: results()[0] });
    await operate("ageing", "withdraw", { jobId: results()[7], reason: "furnace door open" });
    await operate("ageing", "withdraw", { jobId: "ageing.99.s1" });
    await done(16);
    await kill();
    operator = undefined;
    start(600);
  },
  "coexistence-noise": async () => {
    start();
    await done(36);
    const measured = events()
      .filter(
        (e) => e.fact.type === "job.result" && e.fact.observations.some((o) => o.kind === "phases"),
      )
      .map((e) => e.fact.jobId);
    await operate("noisy", "withdraw", { jobId: measured[4], reason: "sample mixed up" });
  },
  "phase-diagram-manners": async () => {
    start();
    const tieLines = () =>
      events().filter(
        (e) =>
          e.fact.type === "job.result" &&
          e.fact.jobId.startsWith("moving.") &&
          e.fact.observations.some((o) => o.kind === "phases" && o.compositions !== undefined),
      );
    await until(() => tieLines().length >= 1, "a tie-line");
    await operate("moving", "withdraw", { jobId: tieLines()[0].fact.jobId, reason: "mixed up" });
  },
  "optimise-grows": async () => {
    start(600);
    await done(16);
    await operate("aborted", "start");
    appendFileSync(
      "test/histories/inputs/candidates.csv",
      readFileSync("test/histories/inputs/candidates-added.csv", "utf8"),
    );
    child.kill("SIGHUP");
    await seen(5, (f) => f.type === "campaign.defined");
    await done(34);
    await operate("box", "stop", { reason: "enough" });
    await seen(4, (f) => f.type === "job.result" && f.jobId.startsWith("aborted."));
    await operate("aborted", "abort", { reason: "wrong question" });
  },
  "lost-jobs": async () => {
    start(600);
    const t0 = Date.now();
    let kills = 0;
    while (!child.isOver && Date.now() - t0 < 90_000) {
      await sleep(1500);
      if (kills < 2 && events().length > 150 * (kills + 1)) {
        await kill();
        kills += 1;
        operator = undefined;
        start(600);
        await sleep(2500);
        continue;
      }
      for (const id of ["lossy", "beside"]) {
        if (child.isOver) break;
        const c = await (async () => {
          try {
            operator ??= await connectOperator({ url, site });
            return await operator.retained("campaignState", id);
          } catch {
            operator = undefined;
          }
        })();
        if (c && ["suspended", "faulted"].includes(c.state))
          await operate(id, "resume", { reason: "looked after it" });
      }
    }
    if (!child.isOver) {
      for (const id of ["lossy", "beside"])
        await operate(id, "abort", { reason: "too many losses" }).catch(say);
    }
  },
  supervised: async () => {
    start(300);
    const id = "supervised";
    await sleep(2500);
    await operate(id, "start");
    let handled = 0,
      step = 0;
    const latest = () =>
      events()
        .filter((e) => e.fact.type === "planner.proposed")
        .at(-1);
    for (;;) {
      const next = await until(
        () => {
          const e = latest();
          return e && e.p > handled && e;
        },
        "a batch",
        60_000,
      ).catch((e) => {
        say(String(e));
      });
      if (next === undefined) break;
      handled = next.p;
      const ids = next.fact.proposal.points.map((p) => p.candidateId);
      if (ids.length === 0) continue;
      await sleep(80);
      step += 1;
      say("step", step, ids.join());
      if (step === 2) await operate(id, "reject", { reason: "too near the edge" });
      else if (step === 3 || (step > 7 && ids.length > 1)) {
        await operate(id, "approve", { batch: 1 });
        await operate(id, "approve", { candidateIds: ids.slice(0, 1) });
        if (ids.length > 1) {
          await sleep(100);
          await operate(id, "reject", { candidateIds: ids.slice(1), reason: "no powder" });
        }
      } else if (step === 5) {
        await operate(id, "approve");
        await sleep(300);
        await operate(id, "pause", { reason: "lunch" });
        await sleep(1200);
        await operate(id, "resume");
      } else if (step === 7) {
        await operate(id, "approve");
        await sleep(500);
        await emergency(true, "water on the floor");
        await sleep(600);
        await operate(id, "resume");
        await emergency(false, "dried");
        await sleep(700);
        await operate(id, "resume", { reason: "all clear" });
      } else if (step === 9) {
        await kill();
        operator = undefined;
        start(300);
        await sleep(3000);
        await operate(id, "approve");
      } else await operate(id, "approve");
    }
  },
};
await (scenarios[name] ?? (async () => start()))();
const limit = setTimeout(() => child.kill("SIGKILL"), 300_000);
say("ended", await ended, events().length, "events");
clearTimeout(limit);
await operator?.close().catch(() => {});
process.exit(0);
