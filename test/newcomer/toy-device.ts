import type { Device, DeviceJob } from "../../adapters/gateway/index.ts"; // to a user: "tieline/gateway"

/** A spectrometer that takes a moment and forgets everything when its power goes: one file, no messages. */
const SCAN_ms = 30;
const boot = `${process.pid}`; // what a power cycle changes
let scan: { readonly job: DeviceJob; readonly end_ms: number } | undefined;

export const device: Device = {
  kind: "spectrometer",
  simulated: true,
  capabilities: [
    {
      name: "scan",
      parameters: { angle_deg: { unit: "deg", min: 0, max: 90 } },
      results: ["curve"],
      repeatable: true,
      expectedDuration_s: 1,
    },
  ],
  begin: (job) => {
    scan = { job, end_ms: Date.now() + SCAN_ms };
  },
  status: () => {
    if (scan === undefined) return { state: "ready", boot };
    return { state: Date.now() < scan.end_ms ? "busy" : "done", boot, jobId: scan.job.jobId };
  },
  result: ({ parameters }) => {
    const angle = Number(parameters["angle_deg"]);
    const axis = { name: "energy", unit: "eV", values: [1, 2, 3] };
    const values = axis.values.map((energy) => Math.exp(-(((angle - 40) / 20) ** 2)) * energy);
    return { observations: [{ kind: "curve", name: "spectrum", axis, values, unit: "1" }] };
  },
  halt: () => {
    scan = undefined;
  },
};
