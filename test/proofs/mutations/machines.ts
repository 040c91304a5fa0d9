import type { Mutation } from "./mutation.ts";

const paths = "test/machines/job-paths.test.ts";
const matrix = "test/machines/job-matrix.test.ts";
const campaigns = "test/machines/campaign-paths.test.ts";
const campaignMatrix = "test/machines/campaign-matrix.test.ts";
const consent = "test/contract/consent.test.ts";
const lives = "test/runtime/former-lives.test.ts";
const small = "test/machines/small-machines.test.ts";

/** Jobs, experiments, campaigns, instruments. */
export const MACHINES: readonly Mutation[] = [
  {
    name: "a start is valid for 34 days",
    file: "machines/job-types.ts",
    find: "validity_ms: 30_000,",
    replace: "validity_ms: 3_000_000_000,",
    tests: [paths, "test/contract/command-expiry.test.ts"],
  },
  {
    name: "each sending of a start has a new command id",
    file: "machines/job-actions.ts",
    find: "return `${context.jobId}.a${context.attempt}`;",
    replace: "return `${context.jobId}.a${context.attempt}.${context.sendings}`;",
    tests: [paths, matrix],
  },
  {
    name: "every attempt has the same command id",
    file: "machines/job-actions.ts",
    find: "return `${context.jobId}.a${context.attempt}`;",
    replace: "return `${context.jobId}.a`;",
    tests: [paths, matrix],
  },
  {
    name: "a job that began and is unknown is sent again",
    file: "machines/job-setup.ts",
    find: "      !context.started.includes(context.attempt) &&\n      context.sendings",
    replace: "      context.sendings",
    tests: [paths, matrix],
  },
  {
    name: "an unknown job is sent again without memory",
    file: "machines/job-setup.ts",
    find: `    neverBegan: ({ context, event }) =>
      event.type === "job.unknown" &&
      event.sameMemory &&
`,
    replace: `    neverBegan: ({ context, event }) =>
      event.type === "job.unknown" &&
`,
    tests: [paths, matrix],
  },
  {
    name: "what is not repeatable is repeated when it is unknown",
    file: "machines/job-setup.ts",
    find: `    mayRepeat: ({ context }) =>
      context.repeatable &&
`,
    replace: `    mayRepeat: ({ context }) =>
`,
    tests: [paths, matrix],
  },
  {
    name: "what is not repeatable is repeated when its instrument is lost",
    file: "machines/job-setup.ts",
    find: "isGivenUp(context, event) && context.repeatable && context.attempt <= context.retries,",
    replace: "isGivenUp(context, event) && context.attempt <= context.retries,",
    tests: [paths, matrix],
  },
  {
    name: "a start that was refused after all is sent again under its name",
    file: "machines/job-replies.ts",
    find: `  "job.rejected": { guard: "isOfWhatWasSent" as const, actions: nextAttempt },\n`,
    replace: "",
    tests: [paths],
  },
  {
    name: "a start that was obeyed after all is sent again",
    file: "machines/job-replies.ts",
    find: `    target: "#job.unknown" as const,
    actions: [noteStart, effect(requestStation)],
`,
    replace: "    actions: [],\n",
    tests: [paths],
  },
  {
    name: "a silent instrument is sent the start at once, for ever",
    file: "machines/job-setup.ts",
    find: 'event.type === "timer.fired" && event.timerId === context.timerId && context.sendings < 2,',
    replace: 'event.type === "timer.fired" && event.timerId === context.timerId,',
    tests: [paths, matrix, "test/machines/job-endless.test.ts"],
  },
  {
    name: "a refused attempt is tried again without bound",
    file: "machines/job-setup.ts",
    find: `      event.retryable &&
      context.attempt <= context.retries &&`,
    replace: "      event.retryable &&",
    tests: [paths, matrix, "test/machines/job-endless.test.ts"],
  },
  {
    name: "a late word about an earlier attempt ends the present one",
    file: "machines/job-replies.ts",
    find: '  { guard: "isOfEarlierAttempt" as const },\n',
    replace: "",
    tests: [paths, matrix],
  },
  {
    name: "an overdue job is not cancelled",
    file: "machines/job.ts",
    find: `        effect(cancelCommand),
        effect(reconcileCommand),`,
    replace: "        effect(reconcileCommand),",
    tests: [paths, matrix],
  },
  {
    name: "a job in doubt stays where it is",
    file: "machines/job-replies.ts",
    find: `  "job.doubt": "#job.unknown",`,
    replace: `  "job.doubt": {},`,
    tests: [paths, matrix],
  },
  {
    name: "a station is not released at a job's end",
    file: "machines/job.ts",
    find: `        effect(releaseStation),
        effect(reportEnd("job.done")),`,
    replace: `        effect(reportEnd("job.done")),`,
    tests: [paths, matrix],
  },
  {
    name: "anybody releases a station",
    file: "machines/reservation.ts",
    find: "isHolder: ({ context, event }) => context.jobId === event.jobId,",
    replace: "isHolder: ({ context }) => context.jobId !== undefined,",
    tests: [small],
  },
  {
    name: "an instrument that was given up is not marked silent",
    file: "machines/job-actions.ts",
    find: '      type: "instrument.silent",',
    replace: '      type: "instrument.answered",',
    tests: [paths, matrix, "test/system/lost-job.test.ts"],
  },
  {
    name: "what an instrument said of itself is forgotten when it is silent",
    file: "src/runtime/apply-event.ts",
    find: "this.lab.behaviour >= 14",
    replace: "this.lab.behaviour >= 99",
    tests: [lives],
  },
  {
    name: "states of a former boot are heard",
    file: "src/runtime/incoming.ts",
    find: 'if (context.formerBootIds.includes(fact.bootId)) return { kind: "duplicate" };',
    replace: "",
    tests: [lives],
  },
  {
    name: "an older state of the same boot is heard",
    file: "src/runtime/incoming.ts",
    find: "const isOld = isSameBoot && fact.seq <= context.seq;",
    replace: "const isOld = isSameBoot && fact.seq < -1;",
    tests: [lives],
  },
  {
    name: "a supervised point starts without approval",
    file: "machines/experiment.ts",
    find: 'needsApproval: ({ event }) => event.type === "experiment.submit" && event.needsApproval,',
    replace: 'needsApproval: ({ event }) => event.type === "experiment.lapse",',
    tests: [campaigns, consent],
  },
  {
    name: "an approval covers points that its batch did not show",
    file: "machines/campaign-actions.ts",
    find: "const last = behaviour < SHOWN_ONLY ? Number.POSITIVE_INFINITY : batch;",
    replace: "const last = Number.POSITIVE_INFINITY * (behaviour + batch);",
    tests: [campaigns, consent],
  },
  {
    name: "an approval of one point releases the whole batch",
    file: "machines/campaign-actions.ts",
    find: "candidateIds === undefined || candidateIds.includes(one.candidateId)",
    replace: 'candidateIds === undefined || one.candidateId !== ""',
    tests: [campaigns, consent],
  },
  {
    name: "who asked for wider limits approves them",
    file: "machines/campaign-setup.ts",
    find: "(event.by === context.widening?.by ||",
    replace: "(event.by === `${context.widening?.by} and not` && ",
    tests: [campaigns, consent],
  },
  {
    name: "wider limits hold at once",
    file: "src/runtime/route-operator.ts",
    find: "...(Object.keys(tighter).length === 0 ? {} : { limits: tighter }),",
    replace: "...(limits === undefined ? {} : { limits: { ...tighter, ...wider } }),",
    tests: [consent],
  },
  {
    name: "a rejected point is measured all the same",
    file: "machines/campaign-setup.ts",
    find: `    const cancel = { type: "experiment.cancel", reason: "cancelledByOperator" };
    enqueue({ type: "effect", params: tellExperiment(id, args, cancel) });
  }
});

/** Ends`,
    replace: `    enqueue({ type: "effect", params: tellExperiment(id, args, { type: "experiment.approve" }) });
  }
});

/** Ends`,
    tests: [campaigns, consent],
  },
  {
    name: "a start that nobody answers is sent again during a pause",
    file: "machines/job.ts",
    find: '{ guard: "isMyTimerAndMayNotStart", target: "unknown" },',
    replace: "",
    tests: ["test/contract/held-back.test.ts"],
  },
  {
    name: "the budget is overrun",
    file: "machines/campaign-actions.ts",
    find: "const left = context.budget - context.observed - newSamples(context.open);",
    replace: "const left = context.budget + 3 - context.observed - newSamples(context.open);",
    tests: [campaigns],
  },
  {
    name: "the budget does not count what is in flight",
    file: "machines/campaign-actions.ts",
    find: "const left = context.budget - context.observed - newSamples(context.open);",
    replace: "const left = context.budget - context.observed;",
    tests: [campaigns],
  },
  {
    name: "more experiments are in flight than allowed",
    file: "machines/campaign-actions.ts",
    find: "const room = context.inFlight_max - context.open.length;",
    replace: "const room = context.inFlight_max * 2 - context.open.length;",
    tests: [campaigns],
  },
  {
    name: "a pause is accepted and ignored",
    file: "machines/campaign.ts",
    find: `        "campaign.pause": { target: "pausing", actions: [accept, noteReason] },
        "campaign.withdraw": withdraw,
        "experiment.observed": { target: ".deciding"`,
    replace: `        "campaign.pause": { actions: [accept, noteReason] },
        "campaign.withdraw": withdraw,
        "experiment.observed": { target: ".deciding"`,
    tests: [campaigns, campaignMatrix],
  },
  {
    name: "a campaign is resumed during an emergency stop",
    file: "machines/campaign.ts",
    find: `          {
            guard: "emergencyLasts",
            actions: refuse(CLEAR_FIRST),
          },
`,
    replace: "",
    tests: [campaigns, campaignMatrix, "test/contract/emergency-stop.test.ts"],
  },
  {
    name: "an answer to an older question is taken",
    file: "machines/campaign-setup.ts",
    find: '"requestId" in event && event.requestId === context.request?.requestId,',
    replace: '"requestId" in event && context.request !== undefined,',
    tests: [campaigns, campaignMatrix],
  },
  {
    name: "a step is taken before the one before it has a result",
    file: "machines/experiment.ts",
    find: '        "job.ended": [\n          { guard: "isCancelled", target: "abandoned" },\n          { guard: "isCurrent", target: "failed" },',
    replace:
      '        "job.ended": [\n          { guard: "isCancelled", target: "abandoned" },\n          {\n            guard: ({ context }) => context.step < context.recipe.steps.length - 1,\n            actions: [\n              setupExperiment.assign({ step: ({ context }) => context.step + 1 }),\n              createJob,\n              tellJob(() => ({ type: "job.submit", needsApproval: false })),\n            ],\n          },\n          { guard: "isCurrent", target: "failed" },',
    tests: [small, campaigns],
  },
];
