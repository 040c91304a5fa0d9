import { spawn } from "node:child_process";
import { once } from "node:events";
import { Certifier } from "../../../adapters/conformance/certifier.ts";
import { CHECKS } from "../../../adapters/conformance/checks.ts";
import { examine, type Finding } from "../../../adapters/conformance/examination.ts";
import { childEnvironment } from "../../../adapters/system/child-environment.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { brokerLogin } from "../../../config/broker-access.ts";
import { LabError, misuse } from "../../core/errors.ts";
import { IDENTIFIER } from "../../domain/identifiers.ts";
import { type CommandIo, printJson } from "../command.ts";
import { positive, whole } from "../structure/structure-input.ts";

export interface ConformanceOptions {
  readonly instrument: string;
  readonly broker: string;
  readonly site: string;
  readonly capability?: string;
  readonly set?: readonly string[];
  readonly sample?: readonly string[];
  readonly patience: string;
  readonly answer: string;
  readonly resend: string;
  readonly epoch: string;
  readonly restart?: string;
  readonly emergencyStop?: boolean;
  readonly json?: boolean;
}

/** So long a daemon's retained word may take to come. */
const DAEMON_WITHIN_ms = 300;
const SIGNS = { passed: "ok  ", failed: "FAIL", "not tried": "-   " } as const;

/** TL-2001 without a broker, TL-2003 without the instrument, TL-2010 where it does not keep the contract. */
export async function runConformance(options: ConformanceOptions, io: CommandIo): Promise<void> {
  const { instrument, broker, site, capability, restart } = options;
  for (const [name, value] of [
    ["--instrument", instrument],
    ["--site", site],
  ] as const)
    if (!IDENTIFIER.test(value)) throw misuse("TL-1001", `${name} ${value} is no identifier`);
  const ms = (text: string, name: string): number => 1000 * (positive(text, name) ?? 1);
  const agent = await Certifier.connect({
    ...{ broker, site, instrumentId: instrument },
    ...brokerLogin(),
    epoch: whole(options.epoch, "--epoch", 1, Number.MAX_SAFE_INTEGER),
    clock: { ...systemClock, ...systemTimers },
  });
  try {
    await agent.pause(DAEMON_WITHIN_ms);
    if (agent.daemon !== undefined)
      throw misuse(
        "TL-1001",
        `A daemon (${agent.daemon}) commands the instruments of site ${site}`,
        "Stop it, or examine the instrument on a broker or a --site of its own.",
      );
    const findings = await examine(agent, CHECKS, {
      ...{ capability, parameters: setPointsOf(options.set ?? []) },
      sampleIds: options.sample,
      job_ms: ms(options.patience, "--patience"),
      answer_ms: ms(options.answer, "--answer"),
      resend_ms: ms(options.resend, "--resend"),
      restart: restart === undefined ? undefined : () => runCommand(restart),
      mayStop: options.emergencyStop ?? false,
      onFinding: (finding) => {
        if (options.json !== true) io.out(`${lineOf(finding)}\n`);
      },
      onCleared: (what) => io.err(`An earlier examination was broken off: ${what}.\n`),
    });
    if (options.json === true) printJson(io, { instrument, findings });
    const flaws = findings.filter(({ outcome }) => outcome === "failed");
    const passed = findings.filter(({ outcome }) => outcome === "passed").length;
    if (flaws.length > 0)
      throw new LabError(
        "TL-2010",
        `${instrument} does not keep the contract: ${flaws.map(({ check }) => check).join(", ")}`,
      );
    if (options.json !== true)
      io.out(
        `${instrument} keeps the contract: ${passed} checks passed, ${findings.length - passed} not tried\n`,
      );
  } finally {
    await agent.close();
  }
}

function lineOf({ outcome, check, detail, clause }: Finding): string {
  const where = outcome === "failed" ? `\n     docs/contract.md: ${clause}` : "";
  return `${SIGNS[outcome]} ${check}: ${detail}${where}`;
}

/** `temperature_K=323` -> 323; anything that is no number is a text. */
function setPointsOf(texts: readonly string[]): Record<string, number | string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = "", value = ""] = /^([^=]+)=(.*)$/.exec(text) ?? [];
      if (name === "") throw misuse("TL-1001", `--set ${text} is not NAME=VALUE`);
      const number = Number(value);
      return [name, value.trim() === "" || Number.isNaN(number) ? value : number];
    }),
  );
}

/** The command may leave the instrument's program behind it: only itself is waited for. */
async function runCommand(command: string): Promise<void> {
  const child = spawn("/bin/sh", ["-c", command], {
    stdio: "ignore",
    env: childEnvironment(),
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw misuse("TL-1001", `--restart "${command}" ended with ${code}`);
}
