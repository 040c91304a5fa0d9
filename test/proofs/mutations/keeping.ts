import type { Mutation } from "./mutation.ts";

const snapshot = "test/replay/snapshot.test.ts";
const loss = "test/adapters/storage/acknowledged-loss.test.ts";
const told = "test/runtime/loss-watch.test.ts";
const stop = "test/runtime/emergency.test.ts";
const consent = "test/contract/consent.test.ts";
const campaign = "test/machines/campaign-paths.test.ts";
const job = "test/machines/job-paths.test.ts";
const edited = "test/runtime/instrument-changes.test.ts";

/** What outlives the moment: snapshots, the acknowledged mark, the shelf, and words that come late. */
export const KEEPING: readonly Mutation[] = [
  {
    name: "a damaged snapshot is believed",
    file: "adapters/storage/snapshot-file.ts",
    find: "  if (crc32(bytes.subarray(end + 1)) !== header.crc) return undefined;\n",
    replace: "",
    tests: [snapshot],
    swarm: false,
  },
  {
    name: "a snapshot of another program is believed",
    file: "adapters/storage/snapshot-file.ts",
    find: " || header.code !== code) return",
    replace: ") return",
    tests: [snapshot],
    swarm: false,
  },
  {
    name: "the older of the two acknowledged marks counts",
    file: "adapters/storage/acknowledged-mark.ts",
    find: "b.n - a.n",
    replace: "a.n - b.n",
    tests: [loss],
    swarm: false,
  },
  {
    name: "an acknowledged mark that was half written counts",
    file: "adapters/storage/acknowledged-mark.ts",
    find: 'if (crc32(text).toString(16).padStart(8, "0") !== line.slice(0, 8)) return undefined;',
    replace: 'if (!text.startsWith("{")) return undefined;',
    tests: [loss],
    swarm: false,
  },
  {
    name: "reports of later attempts are forgotten on the shelf",
    file: "src/runtime/shelf.ts",
    find: "attempt <= attempts;",
    replace: "attempt <= Math.min(1, attempts);",
    tests: ["test/runtime/former-lives.test.ts", snapshot],
  },
  {
    name: "a clear that was sent before the stop counts",
    file: "src/runtime/emergency.ts",
    find: "if (isOrdered && sent_ms < emergency.since_ms - CLEAR_SKEW_ms)",
    replace: "if (isOrdered && sent_ms < 0)",
    tests: [stop],
  },
  {
    name: "a start that could not be sent counts as sent",
    file: "src/runtime/executor.ts",
    find: "      sent: reason === undefined,",
    replace: "      sent: true,",
    tests: ["test/runtime/executor.test.ts"],
  },
  {
    name: "the pause between attempts grows without bound",
    file: "machines/job-actions.ts",
    find: "Math.min(wait_ms, JOB_TIMES.retryLongest_ms)",
    replace: "wait_ms",
    tests: [job],
  },
  {
    name: "a campaign that is over goes on during an emergency stop",
    file: "machines/campaign-consent.ts",
    find: `  {
    guard: "emergencyLasts" as const,
    actions: refuse("The emergency stop is still active; clear it first."),
  },
  { guard: "goesOn"`,
    replace: `  { guard: "goesOn"`,
    tests: [campaign, consent],
  },
  {
    name: "a point whose approval has lapsed keeps its batch",
    file: "machines/campaign-consent.ts",
    find: "const batches = context.batches + (isInOne ? 0 : 1);",
    replace: "const batches = context.batches;",
    tests: [consent, campaign],
  },
  {
    name: "an acknowledged report that the log has elsewhere is no loss",
    file: "src/runtime/loss-watch.ts",
    find: "?.position === position,",
    replace: "?.position !== undefined,",
    tests: [told],
  },
  {
    name: "a campaign is paused while its jobs are on instruments",
    file: "src/runtime/settle.ts",
    find: '(name === "pausing" && !hasJobsOnInstruments(lab, id))',
    replace: 'name === "pausing"',
    tests: ["test/runtime/settle.test.ts"],
  },
  {
    name: "a job that went on is cancelled when its hold would have ended",
    file: "machines/job-holding.ts",
    find: '  enqueue({ type: "effect", params: stopTimer({ context, event }) });\n',
    replace: "",
    tests: [job, "test/contract/held-back.test.ts"],
  },
  {
    name: "a change of limits that waited before a restart is approved after it",
    file: "src/runtime/route-fact.ts",
    find: "  lab.policyChange = undefined;\n",
    replace: "",
    tests: [edited],
  },
];
