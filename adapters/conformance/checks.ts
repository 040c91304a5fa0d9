import { type Check, need } from "./examination.ts";
import { loadChecks } from "./load-checks.ts";
import { refusalChecks } from "./refusal-checks.ts";
import { safetyChecks } from "./safety-checks.ts";

const SKEW_MAX_ms = 30_000;
const WHAT_IT_DOES = "What an instrument does";

const introduction: Check = {
  check: "introduction",
  clause: `${WHAT_IT_DOES}, 1: online, birth and state, retained`,
  run: async ({ agent, options }) => {
    const names = ["instrumentOnline", "instrumentBirth", "instrumentState"] as const;
    await agent.until(() => names.every((name) => agent.all(name).length > 0), options.answer_ms);
    const isKept = (name: (typeof names)[number]): boolean =>
      agent.all(name).some(({ retained }) => retained);
    await agent.subscribe();
    await agent.until(() => names.every(isKept), options.answer_ms);
    for (const name of names) {
      need(agent.all(name).length > 0, `${name} is not on the broker`);
      need(isKept(name), `${name} was not retained`);
    }
    const boots = names.map((name) => agent.all(name).at(-1)?.data.bootId);
    need(
      new Set(boots).size === 1,
      `online, birth and state name different boots: ${boots.join(", ")}`,
    );
    return `boot ${boots[0]}`;
  },
};

const happyPath: Check = {
  check: "a job",
  clause: `${WHAT_IT_DOES}, 2 and 3: accepted, then result or failed`,
  run: async (exam) => {
    const { agent } = exam;
    const jobId = await exam.order();
    need(await exam.accepted(jobId), `no accepted for ${jobId}${why(exam.agent, jobId)}`);
    const end = await exam.ended(jobId);
    need(end !== undefined, "no result and no failed within --patience");
    const { message } = end;
    need(
      message.name === "jobResult",
      `it failed: ${message.name === "jobFailed" ? message.data.reason : ""}`,
    );
    const isNamed = agent.all("instrumentState").some(({ data }) => data.jobId === jobId);
    await agent.acknowledge(jobId);
    need(await exam.idle(), "its state is not idle after the job");
    return `${message.data.observations.length} observation(s), ${isNamed ? "its state named the job" : "over before its state named the job"}`;
  },
};

const duplicates: Check = {
  check: "the same start again",
  clause: `${WHAT_IT_DOES}, 2: answered again, never started again`,
  run: async (exam) => {
    const { agent } = exam;
    const jobId = await exam.order();
    for (let k = 0; k < 4; k++) await exam.order({ jobId });
    need(await exam.accepted(jobId), `no accepted${why(agent, jobId)}`);
    need((await exam.ended(jobId)) !== undefined, "no result and no failed within --patience");
    const before = answersOf(exam.agent, jobId);
    await exam.order({ jobId });
    const isAnswered = await agent.until(
      () => answersOf(agent, jobId) > before,
      exam.options.answer_ms,
    );
    need(isAnswered, "a start of a job that has ended is not answered");
    const ids = reportIds(agent, jobId);
    need(ids.size === 1, `the job ended ${ids.size} times: ${[...ids].join(", ")}`);
    need(
      agent.of("jobRejected", jobId).length === 0,
      "the same start was rejected after it was accepted",
    );
    await agent.acknowledge(jobId);
    need(await exam.idle(), "its state is not idle after the job");
    return "six starts, one job";
  },
};

const resending: Check = {
  check: "results until ack",
  clause: `${WHAT_IT_DOES}, 3: sent again until ack, under the same id`,
  run: async (exam) => {
    const { agent, options } = exam;
    const jobId = await exam.order();
    need((await exam.ended(jobId)) !== undefined, `no result and no failed${why(agent, jobId)}`);
    const reports = () => agent.of("jobResult", jobId).length + agent.of("jobFailed", jobId).length;
    const again = await agent.until(() => reports() >= 2, options.resend_ms);
    need(again, `not said again within ${options.resend_ms / 1000} s`);
    const ids = reportIds(agent, jobId);
    need(ids.size === 1, `said under ${ids.size} ids: ${[...ids].join(", ")}`);
    await agent.acknowledge(jobId);
    await agent.pause(options.answer_ms / 4);
    const count = reports();
    await agent.pause(options.resend_ms / 2);
    need(reports() === count, "said again after ack");
    return `said ${count} times under ${[...ids][0]}`;
  },
};

const reconciliation: Check = {
  check: "reconcile",
  clause: `${WHAT_IT_DOES}, 4: for each job where it stands`,
  run: async (exam) => {
    const { agent, options } = exam;
    const strange = agent.newId("never");
    const jobId = await exam.order();
    need(await exam.accepted(jobId), `no accepted${why(agent, jobId)}`);
    const before = answersOf(agent, jobId);
    await agent.reconcile([jobId, strange]);
    const isTold = (): boolean => agent.of("jobUnknown", strange).length > 0;
    need(await agent.until(isTold, options.answer_ms), "no unknown for a job that it never had");
    const isAnswered = await agent.until(() => answersOf(agent, jobId) > before, options.answer_ms);
    need(isAnswered, "nothing was said of the job that it has");
    need(agent.of("jobUnknown", jobId).length === 0, "a job that it has was said to be unknown");
    need((await exam.ended(jobId)) !== undefined, "no result and no failed within --patience");
    const after = answersOf(agent, jobId);
    await agent.reconcile([jobId]);
    const isRestated = await agent.until(() => answersOf(agent, jobId) > after, options.answer_ms);
    need(isRestated, "a result that was not acknowledged is not said at reconcile");
    await agent.acknowledge(jobId);
    need(await exam.idle(), "its state is not idle after the job");
    return "accepted while it ran, its end when it had ended, unknown for another";
  },
};

const order: Check = {
  check: "order of states",
  clause: "Rules: by (bootId, seq), never by the clock",
  run: async ({ agent }) => {
    const last = new Map<string, number>();
    for (const { data, retained } of agent.all("instrumentState")) {
      const before = last.get(data.bootId);
      const isForward = before === undefined || data.seq > before || retained;
      need(isForward, `after seq ${before} of ${data.bootId} came ${data.seq}`);
      last.set(data.bootId, data.seq);
    }
    return `${agent.all("instrumentState").length} states, ${last.size} boot(s)`;
  },
};

const clock: Check = {
  check: "clock",
  clause: "Rules: time is RFC 3339, UTC; notAfter is held against it",
  run: async ({ agent }) => {
    const skews = agent.heard
      .filter(({ retained }) => !retained)
      .map((one) => one.sent_ms - one.heard_ms);
    // A report that is said again has the time of its first saying.
    const skew_ms = skews.sort((a, b) => Math.abs(a) - Math.abs(b))[0] ?? 0;
    const words = `${(skew_ms / 1000).toFixed(1)} s ${skew_ms < 0 ? "behind" : "ahead of"} this machine`;
    need(
      Math.abs(skew_ms) <= SKEW_MAX_ms,
      `its clock is ${words}: it would take or refuse starts wrongly`,
    );
    return words;
  },
};

const rules: Check = {
  check: "every message",
  clause: "Rules; Messages; Observations: schema, units, topics",
  run: async ({ agent }) => {
    need(agent.refused.length === 0, `${agent.refused.length} refused, first: ${agent.refused[0]}`);
    return `${agent.heard.length} messages, none refused`;
  },
};

/** In the order in which they are tried; the last ones judge all that was heard. */
export const CHECKS: readonly Check[] = [
  introduction,
  happyPath,
  duplicates,
  resending,
  reconciliation,
  ...refusalChecks,
  ...loadChecks,
  ...safetyChecks,
  order,
  clock,
  rules,
];

type Agent = Parameters<Check["run"]>[0]["agent"];

function reportIds(agent: Agent, jobId: string): Set<string> {
  return new Set(
    [...agent.of("jobResult", jobId), ...agent.of("jobFailed", jobId)].map(({ id }) => id),
  );
}

function answersOf(agent: Agent, jobId: string): number {
  const names = [
    "jobAccepted",
    "jobResult",
    "jobFailed",
    "jobUnknown",
    "jobRejected",
    "jobProgress",
  ] as const;
  return names.reduce((sum, name) => sum + agent.of(name, jobId).length, 0);
}

function why(agent: Agent, jobId: string): string {
  const [refusal] = agent.of("jobRejected", jobId);
  if (refusal === undefined) return "";
  const { reason } = refusal.data;
  return `: rejected, ${reason}${/\bepoch\b/.test(reason) ? "; here: a larger --epoch" : ""}`;
}
