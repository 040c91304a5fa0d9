import { describe, expect, test } from "vitest";
import { connectOperator } from "../../adapters/mqtt/operator-client.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { BROKERS, campaignYaml, cleanUp, connect, startDaemon } from "./running-daemon.ts";

const HERE = `tieline/v1/${SITE}/instrument/mini`;

interface Heard {
  readonly command: string;
  readonly time: string;
  readonly data: { readonly notAfter: string; readonly validFor_s: number };
}

describe.each(BROKERS)("every command on $name", ({ make }) => {
  test("start, cancel and reconcile say how long they are valid, and the broker drops them after that", async () => {
    const place = await make();
    const daemon = await startDaemon(place, { yaml: campaignYaml(["budget: 2", "inFlight: 1"]) });
    const instrument = await connect(daemon.brokerUrl);
    const heard: Heard[] = [];
    instrument.on("message", (topic, payload) =>
      heard.push({ command: topic.split("/").at(-1) ?? "", ...JSON.parse(payload.toString()) }),
    );
    await instrument.subscribeAsync(`${HERE}/command/+`, { qos: 1 });
    let said = 0;
    const say = (topic: string, type: string, data: object) =>
      instrument.publishAsync(
        `${HERE}/${topic}`,
        JSON.stringify({
          specversion: "1.0",
          id: `m${++said}`,
          source: "instrument/mini",
          type: `tieline.${type}`,
          time: new Date().toISOString(),
          data,
        }),
        { qos: 1 },
      );
    const axis = { unit: "1", min: 0, max: 1 };
    const capability = {
      name: "diffraction",
      parameters: { Al: axis, Mg: axis, Zn: axis },
      results: ["phases"],
      repeatable: true,
      expectedDuration_s: 1,
    };
    const birth = { bootId: "b1", kind: "xrd", capabilities: [capability], simulated: true };
    await say("birth", "instrument.birth", birth);
    const state = { bootId: "b1", operation: "idle", control: "automatic", safety: "ok" };
    await say("state", "instrument.state", { ...state, seq: 1 });
    const operator = await connectOperator({ url: daemon.brokerUrl, site: SITE });
    cleanUp.push(() => operator.close());
    await operator.command({ campaignId: "c1", action: "start", by: "ada" });
    const of = (command: string) => heard.filter((one) => one.command === command);
    await until(() => of("start").length === 1, "the start");
    await say("job/c1.1.s1/accepted", "job.accepted", { jobId: "c1.1.s1", attempt: 1 });
    // The instrument goes and comes: its job is asked for.
    await say("online", "instrument.online", { online: false, bootId: "b1" });
    await say("online", "instrument.online", { online: true, bootId: "b1" });
    await until(() => of("reconcile").length >= 1, "the question");
    await operator.command({ campaignId: "c1", action: "abort", by: "ada" });
    await until(() => of("cancel").length >= 1, "the cancel");
    for (const { command, time, data } of heard) {
      expect(data.validFor_s, command).toBeGreaterThan(0);
      expect(data.validFor_s, command).toBeLessThanOrEqual(30);
      const left_s = (Date.parse(data.notAfter) - Date.parse(time)) / 1000;
      expect(left_s, command).toBeCloseTo(data.validFor_s, 2);
    }
  });
});
