import type { Mutation } from "./mutation.ts";

const setPoints = "test/contract/set-points.test.ts";
const results = "test/contract/results.test.ts";
const guards = "test/contract/guards.test.ts";

/** Limits, units, guards, the emergency stop. */
export const LIMITS: readonly Mutation[] = [
  {
    name: "limits are not looked at when a point is proposed",
    file: "src/runtime/route-fact.ts",
    find: "const refusal = refusalOfProposal(lab, fact.campaignId, point);",
    replace:
      "const refusal = point === undefined ? refusalOfProposal(lab, fact.campaignId, point) : undefined;",
    harmless:
      "planners draw no such point, and approvals and dispatch look again: it would wait in a batch and be refused there",
    tests: ["test/contract/consent.test.ts", setPoints],
  },
  {
    name: "limits of the campaign are not looked at again at dispatch",
    file: "src/runtime/dispatcher.ts",
    find: "const refusal = campaignRefusal(lab, job);",
    replace: 'const refusal = jobId === "" ? campaignRefusal(lab, job) : undefined;',
    harmless:
      "the order for an instrument is held against the campaign's limits once more, in its units (fitOrder of job-fitting.ts)",
    tests: ["test/contract/consent.test.ts", setPoints],
  },
  {
    name: "limits of instruments are not looked at at dispatch",
    file: "src/runtime/dispatcher.ts",
    find: '    if (typeof fitting === "string") {\n',
    replace: '    if (typeof fitting === "string" && fitting === "") {\n',
    tests: [setPoints],
  },
  {
    name: "limits of the configuration for instruments are skipped",
    file: "src/runtime/job-fitting.ts",
    find: "  if (refusal !== undefined) return refusal;\n  const { parameters, conversions } = fitting;",
    replace:
      '  if (refusal === "") return refusal;\n  const { parameters, conversions } = fitting;',
    tests: [setPoints],
  },
  {
    name: "limits of births are skipped",
    file: "src/domain/limits/fit-set-points.ts",
    find: "if (!isWithin(inTheirs, declaration)) {",
    replace: "if (!isWithin(inTheirs, {})) {",
    tests: [setPoints],
  },
  {
    name: "set points that a birth does not know are sent",
    file: "src/domain/limits/fit-set-points.ts",
    find: "    if (declaration === undefined)\n      return refused(`takes no set point ${name}: ${suggestName(name, names)}`);\n",
    replace:
      "    if (declaration === undefined) {\n      parameters[name] = value;\n      continue;\n    }\n",
    tests: ["test/domain/fit-set-points.test.ts"],
  },
  {
    name: "set points are sent in the recipe's unit",
    file: "src/domain/limits/fit-set-points.ts",
    find: "  const conversion = { parameter: name, value, unit: own, sentValue: inTheirs, sentUnit: unit };\n  return { value: inTheirs, conversion };",
    replace:
      "  const conversion = { parameter: name, value, unit: own, sentValue: inTheirs, sentUnit: unit };\n  return { value, conversion };",
    tests: [setPoints],
  },
  {
    name: "units of different kinds are taken for one another",
    file: "src/domain/limits/fit-set-points.ts",
    find: "if (own === undefined || haveSameDimension(own, declared)) return undefined;",
    replace: 'if (own !== "never" || haveSameDimension(own, declared)) return undefined;',
    tests: [setPoints],
  },
  {
    name: "a ramp is not looked at",
    file: "src/domain/limits/fit-set-points.ts",
    find: "if (inRamp === undefined || inRamp > ramp.max)",
    replace: "if (inRamp === undefined)",
    tests: [setPoints],
  },
  {
    name: "a limit includes what lies above it",
    file: "src/domain/candidate.ts",
    find: "value <= (max ?? Number.POSITIVE_INFINITY);",
    replace: "value <= (max ?? Number.POSITIVE_INFINITY) + 100;",
    tests: ["test/domain/candidate.test.ts", setPoints],
  },
  {
    name: "conditions on several set points are not looked at",
    file: "src/domain/limits/campaign-limits.ts",
    find: "if (!concerns(names, recipe, point.parameters)) return undefined;",
    replace: "if (names.length >= 0) return undefined;",
    tests: ["test/domain/campaign-limits.test.ts", setPoints],
  },
  {
    name: "a campaign limit that names nothing is silently none",
    file: "src/domain/limits/campaign-limits.ts",
    find: "return names.find((name) => !carried.has(name));",
    replace: 'return names.find((name) => !carried.has(name) && name === "");',
    tests: ["test/domain/campaign-limits.test.ts"],
  },
  {
    name: "results are learnt in the unit that they come in",
    file: "src/domain/limits/judge-result.ts",
    find: "    value: converted,\n    unit,",
    replace: "    unit,",
    tests: [results],
  },
  {
    name: "what cannot be true is learnt",
    file: "src/domain/limits/judge-result.ts",
    find: "if (!(converted >= min && converted <= max && Math.abs(converted) < VALUE_MAX)) {",
    replace: "if (Number.isNaN(converted + min + max)) {",
    tests: [results],
  },
  {
    name: "a result that lacks the objective is learnt",
    file: "src/domain/limits/judge-result.ts",
    find: "if (missing !== undefined)",
    replace: 'if (missing?.name === "")',
    tests: [results],
  },
  {
    name: "a guard does not see what lies above its bound",
    file: "src/domain/limits/guard-state.ts",
    find: "|| value > (max ?? Number.POSITIVE_INFINITY))\n",
    replace: "|| value > (max ?? Number.POSITIVE_INFINITY) * 1e9)\n",
    tests: [guards],
  },
  {
    name: "a guard does not hear silence",
    file: "src/domain/limits/guard-state.ts",
    find: "now_ms - since_ms < guard.stale_s * 1000) return undefined;",
    replace: "now_ms - since_ms < guard.stale_s * 1e9) return undefined;",
    tests: [guards],
  },
  {
    name: "a guard clears at once",
    file: "src/domain/limits/guard-state.ts",
    find: "const isSettled = now_ms - wellSince_ms >= (guard.settle_s ?? 0) * 1000;",
    replace: "const isSettled = now_ms - wellSince_ms >= 0 * (guard.settle_s ?? 0);",
    tests: [guards],
  },
  {
    name: "a guard settles by readings only",
    file: "src/runtime/guard-keeper.ts",
    find: "if (at_ms === undefined) return;",
    replace: "if (at_ms !== -1) return;",
    tests: [guards],
  },
  {
    name: "a guard settles although readings may have been missed",
    file: "src/runtime/guard-keeper.ts",
    find: "      kept.state = noteGap(kept.state);\n      kept.cancelSettling();\n",
    replace: "",
    tests: ["test/runtime/guard-keeper.test.ts"],
  },
  {
    name: "waits end by the clock on the wall",
    file: "adapters/system/system-clock.ts",
    find: "else if (behind_ms > 0 && behind_ms <= SLEW_ms_max) wait(behind_ms);",
    replace: "else if (behind_ms > 0) wait(behind_ms);",
    tests: ["test/adapters/system/system-clock.test.ts"],
  },
  {
    name: "a guard's stop is logged and not set",
    file: "src/runtime/guard-keeper.ts",
    find: 'if (guard.action === "stop") this.needs.emergencyStop({ guardId, reason: text });',
    replace: "",
    tests: [guards],
  },
  {
    name: "a tripped guard is forgotten at a restart",
    file: "src/runtime/guard-keeper.ts",
    find: "const state = { isTripped: action !== undefined && !isTold };",
    replace: 'const state = { isTripped: action === "tell" };',
    tests: [guards],
  },
  {
    name: "an instrument with a tripped guard gets jobs",
    file: "src/runtime/dispatcher.ts",
    find: "      !isHindered(lab, instrumentId, job.campaignId) &&",
    replace: "      lab.emergency === undefined &&",
    tests: [guards, setPoints],
  },
  {
    name: "an instrument clears the emergency stop",
    file: "src/runtime/emergency.ts",
    find: 'if (!source.startsWith("operator/"))',
    replace: 'if (source.startsWith("nobody/"))',
    tests: ["test/contract/emergency-stop.test.ts"],
  },
  {
    name: "a clear that a broker had kept counts",
    file: "src/runtime/emergency.ts",
    find: "if (retained || heardBefore || isKnown(context.lab, fact))",
    replace: "if (heardBefore || isKnown(context.lab, fact))",
    tests: ["test/runtime/emergency.test.ts"],
  },
  {
    name: "a clear of hours ago counts",
    file: "src/runtime/emergency.ts",
    find: "const CLEAR_FRESH_ms = 60_000;",
    replace: "const CLEAR_FRESH_ms = 60_000_000_000;",
    tests: ["test/runtime/emergency.test.ts"],
  },
  {
    name: "a stop that only we have heard is told to no instrument",
    file: "src/runtime/event-loop.ts",
    find: "if (judgement.tellAll) this.announce(wordOf(fact, this.lab.position));",
    replace: "",
    tests: ["test/contract/emergency-stop.test.ts"],
  },
];
