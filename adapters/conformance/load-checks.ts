import { type Check, type Exam, need } from "./examination.ts";

const CLAUSE = "Loads:";

/** Names of samples for an instrument that looks at none; where `--sample` names one, its instruments know no others. */
function samples(exam: Exam, count: number): string[] {
  const given = exam.options.sampleIds ?? [];
  return Array.from({ length: count }, (_, k) => given[k] ?? exam.agent.newId("sample"));
}

const tooMany: Check = {
  check: "more samples than it takes",
  clause: `${CLAUSE} a start with more samples than its capacity is rejected`,
  run: async (exam) => {
    const { agent, options, capability } = exam;
    if (capability.capacity === undefined) return "it declares no capacity";
    const sampleIds = samples(exam, capability.capacity + 1);
    const jobId = await exam.order({ jobId: agent.newId("overfull"), sampleIds });
    const isSaid = await agent.until(
      () => agent.of("jobRejected", jobId).length > 0,
      options.answer_ms,
    );
    need(agent.of("jobAccepted", jobId).length === 0, "too many samples were accepted");
    need(isSaid, "too many samples were not answered with rejected");
    return agent.of("jobRejected", jobId)[0]?.data.reason ?? "";
  },
};

const bySample: Check = {
  check: "a load",
  clause: `${CLAUSE} one job, several samples, each observation names its sample`,
  run: async (exam) => {
    const { agent, capability } = exam;
    const { capacity = 1, results } = capability;
    if (capacity < 2) return "it takes one sample at a time";
    const sampleIds = samples(exam, 2);
    const jobId = await exam.order({ jobId: agent.newId("load"), sampleIds });
    const end = await exam.ended(jobId);
    const [refused] = agent.of("jobRejected", jobId);
    if (refused !== undefined) return `not tried: it rejected ${sampleIds}: ${refused.data.reason}`;
    need(end !== undefined, "no result and no failed within --patience");
    await agent.acknowledge(jobId);
    need(await exam.idle(), "its state is not idle after the load");
    if (end.message.name !== "jobResult") return "it failed";
    const named = end.message.data.observations.map((one) => one.sampleId);
    need(!named.includes(undefined), "an observation of a load names no sample");
    const strange = named.find((id) => id !== undefined && !sampleIds.includes(id));
    need(strange === undefined, `an observation names ${strange}, which is not in the load`);
    const missing = results.length === 0 ? undefined : sampleIds.find((id) => !named.includes(id));
    need(missing === undefined, `it brought no observation of ${missing}`);
    return `${named.length} observation(s) of ${sampleIds.length} samples`;
  },
};

export const loadChecks: readonly Check[] = [tooMany, bySample];
