/** A balance behind a gateway in a process of its own, to be killed: `gateway-process.ts BROKER FOLDER`. */
import { setTimeout as wait } from "node:timers/promises";
import { createTaskDevice, openGateway } from "../../../adapters/gateway/index.ts";

const [broker = "", folder = ""] = process.argv.slice(2);
const task = {
  ...{ kind: "balance", resumes: true },
  capabilities: [
    {
      ...{ name: "weigh", results: ["objective"], repeatable: true, expectedDuration_s: 1 },
      parameters: { load_g: { unit: "g", min: 0, max: 200, required: true } },
    },
  ],
  run: async ({ signal }: { readonly signal: AbortSignal }) => {
    await wait(400, undefined, { signal }).catch(() => {});
    const mass = { kind: "objective" as const, name: "mass", value: 3, unit: "g" };
    return signal.aborted ? { failed: String(signal.reason) } : { observations: [mass] };
  },
};
await openGateway(createTaskDevice(task), {
  ...{ broker, folder, site: "lab", instrument: "balance", poll_ms: 50, resendAfter_ms: 300 },
});
