import { type Check, type Exam, need } from "./examination.ts";

const CLAUSE = "What an instrument does, 2:";

/** None of these may begin. That it says so is asked for where the contract has a word for it. */
async function refused(
  exam: Exam,
  changes: Parameters<Exam["order"]>[0],
  what: string,
  how: { readonly mayBeSilent?: boolean; readonly retain?: boolean } = {},
): Promise<string> {
  const { agent, options } = exam;
  const jobId = await exam.order({ jobId: agent.newId("refuse"), ...changes }, how.retain);
  const isSaid = await agent.until(
    () => agent.of("jobRejected", jobId).length > 0,
    options.answer_ms,
  );
  const began = agent.of("jobAccepted", jobId).length + agent.of("jobResult", jobId).length;
  need(began === 0, `${what} was accepted`);
  need(isSaid || how.mayBeSilent === true, `${what} was not answered with rejected`);
  return isSaid ? (agent.of("jobRejected", jobId)[0]?.data.reason ?? "") : "ignored";
}

const stale: Check = {
  check: "older epoch",
  clause: `${CLAUSE} no command of an agent that has been replaced`,
  run: (exam) =>
    refused(exam, { epoch: exam.agent.epoch - 1 }, "a start of an older epoch", {
      mayBeSilent: true,
    }),
};

const expired: Check = {
  check: "too late",
  clause: `${CLAUSE} the time is before notAfter`,
  run: (exam) => {
    const notAfter = new Date(exam.agent.now_ms() - 60_000).toISOString();
    return refused(exam, { notAfter }, "a start past its notAfter");
  },
};

const limits: Check = {
  check: "limits",
  clause: `${CLAUSE} the set points lie within its own limits`,
  run: async (exam) => {
    const said: string[] = [];
    for (const [name, { min, max }] of Object.entries(exam.capability.parameters)) {
      for (const [bound, sign] of [
        [max, 1],
        [min, -1],
      ] as const) {
        if (bound === undefined) continue;
        const value = bound + sign * Math.max(1, Math.abs(bound) * 0.01);
        const parameters = { ...exam.parameters, [name]: value };
        said.push(await refused(exam, { parameters }, `${name} = ${value}, beyond ${bound}`));
      }
    }
    return said.length === 0 ? "it declares no limits" : `${said.length} refused, e.g.: ${said[0]}`;
  },
};

const capability: Check = {
  check: "a capability that it lacks",
  clause: `${CLAUSE} rejected with a reason`,
  run: (exam) =>
    refused(exam, { capability: "conformance-nonsense" }, "a capability that it does not declare"),
};

const retained: Check = {
  check: "a retained command",
  clause: "Rules: a retained command is refused",
  run: async (exam) => {
    if (exam.options.restart === undefined)
      return "sent with the retain flag to a connected instrument, which cannot see it; --restart shows more";
    const jobId = await exam.order({}, true);
    try {
      await exam.ended(jobId);
      await exam.agent.acknowledge(jobId);
      const before = exam.agent.of("jobResult", jobId).length;
      await exam.options.restart();
      await exam.agent.pause(exam.options.answer_ms);
      const after = exam.agent
        .of("jobResult", jobId)
        .filter(({ id }) => id !== exam.agent.of("jobResult", jobId)[0]?.id);
      need(after.length === 0, "a retained start was carried out after its restart");
      return `${before} result(s), none new after its restart`;
    } finally {
      await exam.agent.forgetStart();
    }
  },
};

export const refusalChecks: readonly Check[] = [stale, expired, limits, capability, retained];
