import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Device, DeviceStatus } from "../../../adapters/gateway/index.ts";

/** A furnace's controller that lives outside of its gateway: a file that both the device and a test change. */
export interface Hardware {
  readonly state: DeviceStatus["state"];
  readonly boot: string;
  readonly control?: DeviceStatus["control"];
  readonly jobId?: string | undefined;
  /** What it was told, in order. */
  readonly told: readonly string[];
  /** False: it does what it likes. */
  readonly obeys: boolean;
}

export function readHardware(file: string): Hardware {
  if (!existsSync(file)) return { state: "ready", boot: "b1", told: [], obeys: true };
  return JSON.parse(readFileSync(file, "utf8")) as Hardware;
}

export function changeHardware(file: string, changes: Partial<Hardware>): void {
  writeFileSync(`${file}.new`, JSON.stringify({ ...readHardware(file), ...changes }));
  renameSync(`${file}.new`, file);
}

/** A device on that hardware; `marksJobs`: the hardware tells power cycles apart and holds the job's token. */
export function createFileFurnace(file: string, marksJobs = true): Device {
  const tell = (word: string, changes: Partial<Hardware> = {}): void => {
    const { told, obeys } = readHardware(file);
    changeHardware(file, { told: [...told, word], ...(obeys ? changes : {}) });
  };
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
      return { state, control, ...(marksJobs ? { boot, jobId } : {}) };
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
