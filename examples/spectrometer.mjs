// A device of one's own: what docs/gateway.md calls a module that exports `device`. This one is made up; a real one would ask its line.
//   tieline start --config examples/own-device.yaml --until-done
//   tieline runner device examples/spectrometer.mjs --broker mqtt://127.0.0.1:1883 --id spectrometer-1

const SCAN_ms = 200;
const BOOT = String(process.pid); // anything that changes when the device was switched off and on
let scan;

/** @type {import("tieline/gateway").Device} */
export const device = {
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
  channels: { lamp: { unit: "V" } },
  begin: (job) => {
    scan = { jobId: job.jobId, end_ms: Date.now() + SCAN_ms };
  },
  status: () => {
    if (scan === undefined) return { state: "ready", boot: BOOT };
    return { state: Date.now() < scan.end_ms ? "busy" : "done", boot: BOOT, jobId: scan.jobId };
  },
  result: ({ parameters }) => {
    const values = [1, 2, 3].map(
      (energy) => energy * Math.exp(-(((parameters.angle_deg - 40) / 20) ** 2)),
    );
    const axis = { name: "energy", unit: "eV", values: [1, 2, 3] };
    return { observations: [{ kind: "curve", name: "spectrum", axis, values, unit: "1" }] };
  },
  halt: () => {
    scan = undefined;
  },
  telemetry: () => [{ channel: "lamp", value: 12, unit: "V" }],
};
