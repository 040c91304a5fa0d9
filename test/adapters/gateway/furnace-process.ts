/** A gateway in a process of its own, to be killed: `furnace-process.ts BROKER FOLDER HARDWARE`. */
import { openGateway } from "../../../adapters/gateway/index.ts";
import { createFileFurnace } from "./hardware.ts";

const [broker = "", folder = "", hardware = ""] = process.argv.slice(2);
await openGateway(createFileFurnace(hardware), {
  ...{ broker, folder, site: "lab", instrument: "furnace", poll_ms: 50, resendAfter_ms: 200 },
});
