import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Device, DeviceStatus } from "../../../adapters/gateway/index.ts";

/** A furnace's controller that lives outside of its gateway: a file that both the device and a test change. */
export interface Hardware {
  readonly state: DeviceStatus["state"];
  readonly boot: string;
  readonly control?: DeviceStatus["control"];
  /** `null`: it has forgotten it. */
  readonly jobId?: string | null;
  /** What it was told, in order. */
  readonly told: readonly string[];
  /** False: it does what it likes. */
  readonly obeys: boolean;
}

/** One line of the file: what a test changes, or a word that the device is told and what comes of it where it obeys. */
interface Line {
  readonly word?: string;
  readonly changes: Partial<Hardware>;
}

const NEW: Hardware = { state: "ready", boot: "b1", told: [], obeys: true };

function after(hardware: Hardware, { word, changes }: Line): Hardware {
  if (word === undefined) return { ...hardware, ...changes };
  const told = [...hardware.told, word];
  return { ...hardware, ...(hardware.obeys ? changes : {}), told };
}

/** Lines are only added, each in one write: what two processes change at the same moment both stays. */
const add = (file: string, line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

export function readHardware(file: string): Hardware {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line).reduce(after, NEW);
}

export function changeHardware(file: string, changes: Partial<Hardware>): void {
  add(file, { changes });
}

/** A device on that hardware; `marksJobs`: the hardware tells power cycles apart and holds the job's token. */
export function createFileFurnace(file: string, marksJobs = true): Device {
  const tell = (word: string, changes: Partial<Hardware> = {}): void =>
    add(file, { word, changes });
  return {
    kind: "furnace",
    capabilities: [
      {
        ...{ name: "anneal", results: ["objective"], repeatable: false, expectedDuration_s: 1 },
        parameters: { temperature_K: { unit: "K", min: 273, max: 1373 } },
      },
    ],
    channels: { temperature: { unit: "K" } },
    begin: ({ jobId }) => tell(`begin ${jobId}`, { state: "busy", jobId }),
    status: () => {
      const { state, boot, control, jobId } = readHardware(file);
      return { state, control, ...(marksJobs ? { boot, jobId: jobId ?? undefined } : {}) };
    },
    result: ({ parameters, sampleIds }) => ({
      observations: [
        ...(sampleIds.length === 0 ? [undefined] : sampleIds).map((sampleId) => ({
          ...{ kind: "objective" as const, name: "hardness", value: 3, unit: "GPa" },
          ...(sampleId === undefined ? {} : { sampleId }),
        })),
      ],
      actual: parameters,
    }),
    halt: () => tell("halt", { state: "ready" }),
    hold: () => tell("hold", { state: "held" }),
    resume: () => tell("resume", { state: "busy" }),
    telemetry: () => [{ channel: "temperature", value: 300, unit: "K" }],
  };
}
