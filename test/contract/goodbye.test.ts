import { describe, expect, test } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import {
  type Script,
  ScriptedInstrument,
  type StartCommand,
} from "../support/scripted-instrument.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { mosquittoIsThere } from "./mosquitto.ts";
import { campaignYaml, cleanUp, connect, makeMosquitto, startDaemon } from "./running-daemon.ts";

const AXIS = { unit: "1", min: 0, max: 1 };
const ABLE: Script["capabilities"] = [
  {
    ...{ name: "diffraction", results: ["phases"], repeatable: true, expectedDuration_s: 1 },
    parameters: { Al: AXIS, Mg: AXIS, Zn: AXIS },
  },
];

describe.runIf(mosquittoIsThere())("a daemon that ends", () => {
  test("answers what still comes, raises no alarm about it, and says goodbye last, and once again", async () => {
    const place = await makeMosquitto();
    const url = `mqtt://127.0.0.1:${place.mosquitto.port}`;
    const heard: string[] = [];
    const watcher = await connect(url);
    watcher.on("message", (topic, payload) => {
      const { data } = JSON.parse(payload.toString());
      const [kind = ""] = topic.split("/").slice(-1);
      heard.push(kind === "online" ? `online ${data.online}` : kind);
    });
    const below = `tieline/v1/${SITE}`;
    await watcher.subscribeAsync([`${below}/agent/+/online`, `${below}/instrument/+/job/+/ack`], {
      qos: 1,
    });
    const held: StartCommand[] = [];
    const instrument = new ScriptedInstrument(url, {
      ...{ id: "d1", capabilities: ABLE },
      measure: (command) => {
        held.push(command);
        return undefined;
      },
    });
    cleanUp.push(() => instrument.stop());
    await instrument.isReady();
    const yaml = campaignYaml(["budget: 6", "inFlight: 1", "autoStart: true"]);
    const errors: string[] = [];
    const note = (_: object, event: string): void => void errors.push(event);
    const logger = { ...silentLogger, warn: note, error: note };
    const daemon = await startDaemon(place, { yaml, logger });
    await until(() => held.length === 1, "a job");
    // As run-start does: then what the process runs itself is closed, and tells its last results.
    daemon.leave();
    await until(() => heard.includes("online true"), "that it is there");
    heard.length = 0;
    for (const job of held) instrument.finish(job, [{ kind: "phases", phases: ["fcc"] }]);
    await until(() => heard.includes("ack"), "an answer to who reports");
    expect(heard).not.toContain("online false");
    await daemon.stop();
    await until(() => heard.filter((one) => one === "online false").length === 2, "both goodbyes");
    expect(heard).toEqual(["ack", "online false", "online false"]);
    expect(errors).toEqual([]);
  });
});
