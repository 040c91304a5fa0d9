import type { Mutation } from "./mutation.ts";

const log = "test/adapters/storage/file-event-log.test.ts";
const disk = "test/adapters/storage/disk-faults.test.ts";
const suite = "test/contract/event-log.test.ts";
const lock = "test/adapters/storage/folder-lock.test.ts";
const loss = "test/adapters/storage/acknowledged-loss.test.ts";
const codec = "test/adapters/mqtt/wire-codec.test.ts";
const hostile = "test/adapters/mqtt/hostile-payloads.test.ts";
const gateway = "test/adapters/gateway/instrument-gateway.test.ts";
const gatewayFaults = "test/adapters/gateway/gateway-faults.test.ts";

/** The log on its disk, the wire, the gateway: the swarm runs on a log in memory and simulated instruments. */
export const EDGES: readonly Mutation[] = [
  {
    name: "the log is not synced",
    file: "adapters/storage/file-event-log.ts",
    find: "      await writeAll(file, bytes, this.tail.bytes);\n      await file.datasync();",
    replace: "      await writeAll(file, bytes, this.tail.bytes);",
    tests: [disk],
    swarm: false,
  },
  {
    name: "the checksum of a line is not compared",
    file: "adapters/storage/event-line.ts",
    find: 'if (sum.toString(16).padStart(8, "0") !== crc || bytes.toString',
    replace: "if (sum < 0 || bytes.toString",
    tests: [log, suite],
    swarm: false,
  },
  {
    name: "the checksum is not compared when a line is read",
    file: "adapters/storage/event-line.ts",
    find: "if (checksum(before, body) !== crc) return undefined;",
    replace: 'if (checksum(before, body) === "") return undefined;',
    tests: [disk],
    swarm: false,
  },
  {
    name: "the folder is not locked",
    file: "adapters/storage/file-event-log.ts",
    find: "const lock = options.readOnly ? undefined : await lockFolder(options.folder);",
    replace:
      "const lock = options.readOnly\n    ? undefined\n    : { check: async () => {}, release: async () => {}, lockFolder };",
    tests: [log, suite, lock],
    swarm: false,
  },
  {
    name: "a folder that another program has taken is written on",
    file: "adapters/storage/file-event-log.ts",
    find: ", lock.check()]",
    replace: "]",
    tests: [disk, lock],
    swarm: false,
  },
  {
    name: "a file that somebody else has grown is written on",
    file: "adapters/storage/file-event-log.ts",
    find: "if (named.size !== this.tail.bytes) {",
    replace: "if (named.size < 0) {",
    tests: [disk],
    swarm: false,
  },
  {
    name: "a failed write is retried as if nothing had been",
    file: "adapters/storage/file-event-log.ts",
    find: "if (this.broken !== undefined) throw this.broken;\n    if",
    replace: "if",
    tests: [log, suite],
    swarm: false,
  },
  {
    name: "a torn end is kept and written behind",
    file: "adapters/storage/file-event-log.ts",
    find: "if (size > tail.bytes) await file.truncate(tail.bytes);",
    replace: "",
    tests: [log, suite],
    swarm: false,
  },
  {
    name: "an acknowledged event that is missing is no loss",
    file: "adapters/storage/scan-log.ts",
    find: 'acknowledged.position > scan.position) scan.lost = "end";',
    replace: 'acknowledged.position < 0) scan.lost = "end";',
    tests: [loss, log],
    swarm: false,
  },
  {
    name: "damage in the middle is cut off like a torn end",
    file: "adapters/storage/scan-log.ts",
    find: "if (scan.torn.length > 0 && peeked.group > scan.position + 1)",
    replace: "if (scan.torn.length > 1e9 && peeked.group > scan.position + 1)",
    tests: [log, loss],
    swarm: false,
  },
  {
    name: "a log of a newer program is read",
    file: "adapters/storage/scan-log.ts",
    find: "if (line.version > LOG_VERSION) throw newer(path, line.version);",
    replace: "",
    tests: [disk],
    swarm: false,
  },
  {
    name: "a retained command is obeyed",
    file: "adapters/mqtt/decode.ts",
    find: 'if (retained && from === "operator")',
    replace: 'if (retained && from === "anyone")',
    tests: [codec, hostile],
  },
  {
    name: "a source that is not the topic's instrument is believed",
    file: "adapters/mqtt/read-message.ts",
    find: 'if (expected !== undefined && (from === "instrument" || from === "agent") && speaker !== expected)',
    replace:
      'if (expected === "" && (from === "instrument" || from === "agent") && speaker !== expected)',
    tests: [codec, hostile],
  },
  {
    name: "a payload about another job than its topic is believed",
    file: "adapters/mqtt/read-message.ts",
    find: 'if (jobId !== undefined && "jobId" in data && data.jobId !== jobId)',
    replace: 'if (jobId === "" && "jobId" in data && data.jobId !== jobId)',
    tests: [codec, hostile],
  },
  {
    name: "payloads of any size are read",
    file: "adapters/mqtt/read-message.ts",
    find: "if (payload.byteLength > PAYLOAD_BYTES_MAX)",
    replace: "if (payload.byteLength > PAYLOAD_BYTES_MAX * 1000)",
    tests: [codec, hostile],
  },
  {
    name: "a start says no duration",
    file: "adapters/mqtt/wire-codec.ts",
    find: "      validFor_s: left_ms / 1000,\n",
    replace: "",
    tests: [codec, "test/contract/command-expiry.test.ts"],
  },
  {
    name: "hold, resume and cancel never expire",
    file: "adapters/mqtt/wire-codec.ts",
    find: "    notAfter: toRfc3339(time_ms + CONTROL_VALIDITY_s * 1000),\n",
    replace: "",
    tests: [codec],
  },
  {
    name: "the gateway obeys an agent that has been replaced",
    file: "adapters/gateway/start-refusal.ts",
    find: "if (order.epoch < epoch)",
    replace: "if (order.epoch < 0)",
    tests: [gateway, gatewayFaults],
    swarm: false,
  },
  {
    name: "the gateway begins a start that is too old",
    file: "adapters/gateway/start-refusal.ts",
    find: "if (known.tooLate !== undefined) return notNow(known.tooLate);",
    replace: "",
    tests: [gateway, gatewayFaults],
    swarm: false,
  },
  {
    name: "the gateway begins during an emergency stop",
    file: "adapters/gateway/start-refusal.ts",
    find: 'if (known.emergency !== undefined) return notNow("the emergency stop is active");',
    replace: "",
    tests: [gateway, gatewayFaults],
    swarm: false,
  },
  {
    name: "the gateway's own limits are skipped",
    file: "adapters/gateway/start-refusal.ts",
    find: "const problem = wrong ?? findOutside(parameters, limits, able);",
    replace: "const problem = wrong;",
    tests: [gateway, gatewayFaults],
    swarm: false,
  },
  {
    name: "the gateway begins a second job on a busy device",
    file: "adapters/gateway/start-refusal.ts",
    find: "if (known.busyWith !== undefined) return notNow(`busy with job ${known.busyWith}`);",
    replace: "",
    tests: [gateway, gatewayFaults],
    swarm: false,
  },
];
