import type { Mutation } from "./mutation.ts";

const daemon = "test/contract/daemon.test.ts";
const stop = "test/contract/emergency-stop.test.ts";
const whose = "test/contract/whose-word.test.ts";
const foreign = "test/contract/foreign-reports.test.ts";
const setPoints = "test/contract/set-points.test.ts";

/** The loop itself: what is heard, what is logged, what is sent. */
export const LOOP: readonly Mutation[] = [
  {
    name: "the duplicate check of results is dropped",
    file: "src/runtime/incoming.ts",
    find: `    if (known !== undefined && known === reportDigest(fact))
      return knowsNoLaterAttempt(lab, job, fact) ?? { kind: "duplicate" };
    if (!wasGiven(job.context, fact)) return { kind: "quarantine", reason: "notItsInstrument" };
    return known === undefined
      ? { kind: "log" }
      : { kind: "quarantine", reason: "conflictingResult" };`,
    replace: `    if (!wasGiven(job.context, fact)) return { kind: "quarantine", reason: "notItsInstrument" };
    return known === "" ? { kind: "quarantine", reason: "conflictingResult" } : { kind: "log" };`,
    tests: [whose],
  },
  {
    name: "a result that contradicts the logged one counts as its repetition",
    file: "src/runtime/incoming.ts",
    find: "if (known !== undefined && known === reportDigest(fact))",
    replace: "if (known !== undefined)",
    tests: [whose],
  },
  {
    name: "an instrument that was never asked may report a job",
    file: "src/runtime/incoming.ts",
    find: `    if (!wasGiven(job.context, fact)) return { kind: "quarantine", reason: "notItsInstrument" };`,
    replace: "",
    tests: [whose],
  },
  {
    name: "a result for a job on no instrument is taken",
    file: "src/runtime/incoming.ts",
    find: "return owner === fact.instrumentId;",
    replace: "return owner === undefined || owner === fact.instrumentId;",
    tests: [whose, foreign],
  },
  {
    name: "a report for another's attempt is taken",
    file: "src/runtime/incoming.ts",
    find: "sentTo[fact.attempt - 1];",
    replace: "sentTo.find((one) => one === fact.instrumentId);",
    tests: [foreign],
  },
  {
    name: "a word by a stranger that was silent is told to the job",
    file: "src/runtime/route-fact.ts",
    find: "if (lab.behaviour >= 5 && !isReport && job !== undefined && !wasGiven(job.context, fact))",
    replace: "if (lab.behaviour >= 5 && job === undefined)",
    tests: [foreign],
  },
  {
    name: "a command of a person is obeyed again when it is said again",
    file: "src/runtime/incoming.ts",
    find: "if (isAnswered(lab, fact) || waiting.has(factKey(fact)))",
    replace: "if (lab.replies.size < 0)",
    tests: [daemon, "test/contract/consent.test.ts"],
  },
  {
    name: "an acknowledgement leaves before the log has the report",
    file: "src/runtime/event-loop.ts",
    find: `      await this.submit(judgement.as ?? fact);
      return;`,
    replace: `      if (fact.type === "job.result")
        this.executor.execute([acknowledgement(fact, this.lab.position + 1)]);
      await this.submit(fact);
      return;`,
    tests: [daemon],
  },
  {
    name: "no report is acknowledged",
    file: "src/runtime/event-loop.ts",
    find: "if (live) commands.push(...acknowledgements(fact, event.position));",
    replace: `if (live && fact.type === "job.failed") commands.push(...acknowledgements(fact, 1));`,
    tests: [daemon],
  },
  {
    name: "an acknowledgement that was lost is not said again",
    file: "src/runtime/answers.ts",
    find: "return position === undefined ? [] : acknowledgements(fact, position);",
    replace: "return position === undefined ? [] : [];",
    tests: [daemon],
  },
  {
    name: "a report that was not taken is acknowledged",
    file: "src/runtime/event-loop.ts",
    find: "    this.executor.execute(answerQuarantined(fact, judgement.reason));",
    replace: `    this.executor.execute(answerQuarantined(fact, judgement.reason));
    if (fact.type === "job.result") this.executor.execute([acknowledgement(fact, this.lab.position)]);`,
    tests: [whose],
  },
  {
    name: "the end of an earlier attempt, told again, is no answer",
    file: "src/runtime/incoming.ts",
    find: 'return knowsNoLaterAttempt(lab, job, fact) ?? { kind: "duplicate" };',
    replace: 'return { kind: "duplicate" };',
    tests: ["test/contract/held-back.test.ts"],
  },
  {
    name: "the epoch is not raised at a restart",
    file: "src/runtime/event-loop.ts",
    find: "epoch: this.lab.epoch + 1,",
    replace: "epoch: Math.max(1, this.lab.epoch),",
    tests: [daemon],
  },
  {
    name: "commands carry an older epoch",
    file: "src/runtime/executor.ts",
    find: "epoch: lab.epoch };",
    replace: "epoch: Math.max(0, lab.epoch - 1) };",
    tests: [daemon],
  },
  {
    name: "messages leave before the broker is there",
    file: "src/runtime/executor.ts",
    find: "    await this.gate;\n",
    replace: "",
    tests: [daemon],
  },
  {
    name: "a start that has waited past its time is sent all the same",
    file: "src/runtime/executor.ts",
    find: `if (command.type === "startJob" && leftOf_ms(command, now_ms) <= 0)`,
    replace: `if (command.type === "startJob" && leftOf_ms(command, now_ms) <= -1e15)`,
    tests: ["test/runtime/executor.test.ts"],
  },
  {
    name: "timers are not armed again after a restart",
    file: "src/runtime/event-loop.ts",
    find: "    this.executor.rearmTimers();\n",
    replace: "",
    tests: [daemon],
  },
  {
    name: "a planner is taught results that came after its question",
    file: "src/runtime/executor.ts",
    find: "results.slice(first).filter((result) => result.position <= through);",
    replace: "results.slice(first);",
    tests: ["test/contract/daemon.test.ts", "test/simulators/run/kill-equivalence.test.ts"],
  },
  {
    name: "a planner is taught everything again at each question",
    file: "src/runtime/executor.ts",
    find: "results.findIndex((result) => result.position > before.through)",
    replace: "results.findIndex((result) => result.position > 0 * before.through)",
    tests: [],
  },
  {
    name: "a withdrawn result is not forgotten by the planner",
    file: "src/runtime/executor.ts",
    find: "if (forgotten.length > 0) ports.planner.forget(campaignId, forgotten);",
    replace: "if (forgotten.length > 1e9) ports.planner.forget(campaignId, forgotten);",
    tests: ["test/simulators/run/recovery.test.ts"],
  },
  {
    name: "jobs are dispatched during an emergency stop",
    file: "src/runtime/dispatcher.ts",
    find: "if (lab.emergency !== undefined || lab.doubtful.size > 0) return undefined;",
    replace: "if (lab.doubtful.size > 0) return undefined;",
    tests: [stop, daemon],
  },
  {
    name: "jobs are dispatched before those in doubt are settled",
    file: "src/runtime/dispatcher.ts",
    find: "if (lab.emergency !== undefined || lab.doubtful.size > 0) return undefined;",
    replace: "if (lab.emergency !== undefined) return undefined;",
    tests: [daemon],
    harmless:
      "a campaign that runs is recovering as long as a job is in doubt, and dispatches nothing: the second lock holds",
  },
  {
    name: "a reserved station is taken",
    file: "src/runtime/dispatcher.ts",
    find: "    reservation?.context.jobId === undefined &&\n",
    replace:
      '    (reservation?.context.jobId === undefined || reservation.context.jobId !== "") &&\n',
    tests: [daemon],
  },
  {
    name: "a busy, local or stopped station is taken",
    file: "src/runtime/dispatcher.ts",
    find: "    READY.every((state) => instrument.states.includes(state))",
    replace: `    instrument.states.includes("connection.online")`,
    tests: [daemon, setPoints],
  },
  {
    name: "jobs of a paused campaign are dispatched",
    file: "src/runtime/dispatcher.ts",
    find: "if (campaign === undefined || !DISPATCHING.has(stateName(campaign))) return false;",
    replace: "if (campaign === undefined) return false;",
    tests: [daemon, "test/contract/consent.test.ts"],
  },
  {
    name: "an approval that has expired releases all the same",
    file: "src/runtime/dispatcher.ts",
    find: "return until_ms !== undefined && lab.time_ms >= until_ms;",
    replace: "return until_ms !== undefined && lab.time_ms < 0;",
    tests: ["test/contract/consent.test.ts"],
  },
  {
    name: "opening hours are not looked at",
    file: "src/runtime/start-hours.ts",
    find: "starts?.[capability];\n  return hours === undefined || isOpen(hours, lab.time_ms, lab.timeZone);",
    replace: "starts?.[capability];\n  return hours === undefined || hours !== '';",
    tests: ["test/contract/consent.test.ts"],
  },
  {
    name: "opening hours of an instrument are not looked at",
    file: "src/runtime/start-hours.ts",
    find: "[instrumentId]?.hours;\n  return hours === undefined || isOpen(hours, lab.time_ms, lab.timeZone);",
    replace: "[instrumentId]?.hours;\n  return hours === undefined || hours !== '';",
    tests: ["test/contract/edited-instruments.test.ts"],
  },
  {
    name: "the recovery after a restart has no end",
    file: "src/runtime/route-fact.ts",
    find: "if (fact.timerId === RECOVERY_TIMER) lab.doubtful.clear();",
    replace: "",
    tests: ["test/simulators/run/recovery.test.ts"],
  },
  {
    name: "jobs are not asked for after a restart",
    file: "src/runtime/route-fact.ts",
    find: `  for (const id of jobs) tells.push({ to: { machine: "job", id }, event: doubt(lab, stamp) });`,
    replace: "",
    tests: [daemon],
  },
  {
    name: "instruments count as there after a restart, unasked",
    file: "src/runtime/route-fact.ts",
    find: `.filter(([, instrument]) => instrument.states.includes("connection.online"))`,
    replace: `.filter(([, instrument]) => instrument.states.includes("connection.never"))`,
    tests: [daemon],
  },
  {
    name: "a job's forgetful instrument is believed to remember",
    file: "src/runtime/route-fact.ts",
    find: "instrument?.context.keepsJournal || instrument?.context.bootId === job?.context.bootId,",
    replace: "true,",
    tests: ["test/runtime/former-lives.test.ts"],
  },
  {
    name: "a stop is forgotten by the laboratory",
    file: "src/runtime/route-fact.ts",
    find: "? { by: fact.by, reason: fact.reason, since_ms: stamp.time_ms }\n",
    replace: "? undefined\n",
    tests: [stop],
  },
];
