import { statfsSync } from "node:fs";
import { mkdir, open, unlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { PAYLOAD_BYTES_MAX } from "../../adapters/mqtt/payload-limit.ts";
import type { BrokerProbe } from "../../adapters/mqtt/probe-broker.ts";
import { hasEventLog, shownAddress } from "../../adapters/storage/open-event-log.ts";
import type { Configuration } from "../../config/schema.ts";
import { LabError } from "../core/errors.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";
import { logHelp } from "./log-options.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly data?: string;
  readonly log?: string;
  readonly json?: boolean;
}

/** One thing looked at. */
interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do; empty where all is well. */
  readonly advice: string;
}

const FREE_BYTES_MIN = 500 * 1024 * 1024;
const SYNC_ms_slow = 50;

/** `tieline doctor`: runtime, configuration, broker, log, disk and clock. */
export const registerDoctor: RegisterCommand = (program, io) => {
  program
    .command("doctor")
    .description("checks runtime, broker, log, disk and clock, and says what to do")
    .option("--config <file>", "configuration (YAML); default: the simulated laboratory")
    .option("--data <dir>", "data folder; default: the configuration's")
    .option("--log <address>", logHelp("the configuration's"))
    .option("--json", "prints one JSON document")
    .addHelpText("after", "\nExample:\n  tieline doctor --config lab.yaml\n")
    .action((options: DoctorOptions) => runDoctor(options, io));
};

async function runDoctor(options: DoctorOptions, io: CommandIo): Promise<void> {
  const { defaultConfigurationFile, loadConfiguration } = await import(
    "../../config/load-configuration.ts"
  );
  const findings: Finding[] = [checkRuntime()];
  let configuration: Configuration | undefined;
  try {
    const loaded = loadConfiguration(options.config ?? defaultConfigurationFile());
    configuration = loaded.configuration;
    findings.push(
      fine("configuration", `${loaded.file}, ${configuration.campaigns.length} campaign(s)`),
    );
  } catch (error) {
    findings.push(
      bad("configuration", (error as Error).message, "Run tieline validate for every problem."),
    );
  }
  if (configuration !== undefined) {
    const folder = resolve(options.data ?? configuration.data);
    findings.push(
      await checkBroker(configuration),
      await checkLog(options.log ?? configuration.log ?? folder),
      await checkDisk(folder),
    );
    findings.push(await checkPort("page", configuration.page.host, configuration.page.port));
  }
  findings.push(checkClock());
  const broken = findings.filter((finding) => !finding.ok);
  if (options.json) printJson(io, { ok: broken.length === 0, findings });
  else
    for (const one of findings)
      io.out(`${one.ok ? "ok  " : "BAD "} ${one.check.padEnd(14)} ${one.found} ${one.advice}\n`);
  if (broken.length > 0)
    throw new LabError(
      "TL-1030",
      `${broken.length} check(s) failed: ${broken.map((one) => one.check).join(", ")}`,
    );
}

const fine = (check: string, found: string): Finding => ({ check, ok: true, found, advice: "" });
const bad = (check: string, found: string, advice: string): Finding => ({
  check,
  ok: false,
  found,
  advice,
});

function checkRuntime(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isFit = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  const found = `Node ${process.versions.node}`;
  return isFit
    ? fine("runtime", found)
    : bad("runtime", found, "Install Node 24 (20.19 and 22.12 also serve).");
}

async function checkBroker(configuration: Configuration): Promise<Finding> {
  const { site, agent: agentId, broker } = configuration;
  const { url, host, port, protocol } = broker;
  if (url === undefined) return await checkPort("broker", host, port);
  const { shownBroker } = await import("../../adapters/mqtt/broker-address.ts");
  try {
    const { brokerLogin } = await import("../../config/broker-access.ts");
    const { probeBroker } = await import("../../adapters/mqtt/probe-broker.ts");
    const probe = await probeBroker({ url, site, agentId, protocol, ...brokerLogin(broker) });
    return probeInWords(shownBroker(url), probe);
  } catch (error) {
    const { adviceOn } = await import("../../adapters/mqtt/broker-advice.ts");
    const why = (error as Error).message || String((error as { code?: string }).code);
    return bad(
      "broker",
      `The broker ${shownBroker(url)} cannot be reached (${why})`,
      adviceOn(error),
    );
  }
}

/** The largest message that the contract allows, sent to ourselves, and what came back. */
function probeInWords(broker: string, { protocol, told_bytes, tried }: BrokerProbe): Finding {
  const spoken = protocol === 5 ? "MQTT 5" : "MQTT 3.1.1";
  const back = tried.find(({ outcome }) => outcome === "came back");
  const [largest] = tried;
  const told =
    told_bytes === undefined
      ? []
      : [`it says that it takes packets of ${told_bytes} bytes at most`];
  const others = tried
    .filter(({ outcome }) => outcome !== "came back")
    .map(({ bytes, outcome }) => `a message of ${bytes} bytes ${outcome}`);
  const came =
    back === undefined
      ? "no message came back"
      : `${back.bytes} bytes came back in ${back.took_ms.toFixed(0)} ms`;
  const found = `${broker} answers in ${spoken}: ${[...told, ...others, came].join("; ")}`;
  if (back !== undefined && back === largest && back.bytes === PAYLOAD_BYTES_MAX)
    return fine("broker", found);
  return bad(
    "broker",
    found,
    back === undefined
      ? "Its rules must let this login write and read dashboard/+ (tieline acl)."
      : "Views that are larger are left out, commands fail (docs/brokers.md): raise its bound to 2 MiB.",
  );
}

/** A port that the daemon will listen on is free, or the daemon has it already. */
function checkPort(check: string, host: string, port: number): Promise<Finding> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const found = `port ${port} of ${host}: ${error.code}`;
      settle(
        bad(
          check,
          found,
          "Is a daemon running already? Otherwise choose another port in the configuration.",
        ),
      );
    });
    server.listen(port, host, () =>
      server.close(() => settle(fine(check, `port ${port} of ${host} is free`))),
    );
  });
}

async function checkLog(address: string): Promise<Finding> {
  const { readLog } = await import("../replay/read-log.ts");
  const where = shownAddress(address);
  const warnings: string[] = [];
  const note = (_: object, event: string): void => void warnings.push(event);
  const logger = { debug: () => {}, info: () => {}, warn: note, error: note, child: () => logger };
  try {
    if (!(await hasEventLog(address))) return fine("log", `none yet in ${where}`);
    const { events } = await readLog({ address, site: "default", logger });
    return fine("log", `${events} events in ${where}, every checksum right ${warnings.join(" ")}`);
  } catch (error) {
    return bad("log", (error as Error).message, error instanceof LabError ? error.hint : "");
  }
}

/** Free space, and how long a real sync takes: the daemon waits for one with each group of results. */
async function checkDisk(folder: string): Promise<Finding> {
  const file = join(folder, `.doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = statfsSync(folder);
    const free = `${Math.round((bavail * bsize) / 2 ** 20)} MiB free`;
    const handle = await open(file, "w");
    const times_ms: number[] = [];
    for (let k = 0; k < 10; k++) {
      const before_ms = performance.now();
      await handle.write("tieline\n");
      await handle.datasync();
      times_ms.push(performance.now() - before_ms);
    }
    await handle.close();
    await unlink(file);
    const sync_ms = [...times_ms].sort((a, b) => a - b)[5] ?? 0;
    const found = `${free}, a sync takes ${sync_ms.toFixed(1)} ms`;
    if (bavail * bsize < FREE_BYTES_MIN)
      return bad("disk", found, "Free some space: a full disk stops the daemon.");
    return {
      ...fine("disk", found),
      advice: sync_ms > SYNC_ms_slow ? "(slow: results are acknowledged late)" : "",
    };
  } catch (error) {
    return bad(
      "disk",
      `${folder} cannot be written (${(error as Error).message})`,
      "Choose another folder with --data.",
    );
  }
}

function checkClock(): Finding {
  const now = new Date();
  const found = `${now.toISOString()} (UTC)`;
  return now.getUTCFullYear() >= 2026
    ? fine("clock", found)
    : bad(
        "clock",
        found,
        "Set the computer's clock: instruments refuse commands by their expiry time.",
      );
}
