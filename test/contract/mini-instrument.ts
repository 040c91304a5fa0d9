import mqtt, { type MqttClient } from "mqtt";
import { SITE } from "./brokers.ts";

const HERE = `tieline/v1/${SITE}/instrument/mini`;

/** How it tells its results, besides honestly. */
export interface Habits {
  /** Says everything so many times. */
  readonly times?: number;
  /** Says the result before the acceptance. */
  readonly resultFirst?: boolean;
}

/** A diffractometer of a few lines: born, accepts, reports the component of which there is most. */
export class MiniInstrument {
  /** Commands received, by job, repetitions included. */
  readonly started: string[] = [];
  readonly acknowledged: string[] = [];
  private readonly client: MqttClient;
  private readonly habits: Habits;
  private said = 0;

  constructor(url: string, habits: Habits = {}) {
    this.habits = habits;
    this.client = mqtt.connect(url, { clientId: "mini", clean: false, reconnectPeriod: 100 });
    this.client.on("error", () => {});
    this.client.on("connect", () => this.introduce());
    this.client.on("message", (topic, payload) => {
      const { data } = JSON.parse(payload.toString());
      if (topic.endsWith("/ack")) this.acknowledged.push(data.jobId);
      else if (topic.endsWith("/start")) this.measure(data);
      else if (topic.endsWith("/reconcile"))
        for (const jobId of data.jobIds) this.say(`job/${jobId}/unknown`, "job.unknown", { jobId });
    });
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }

  private introduce(): void {
    this.client.subscribe([`${HERE}/command/+`, `${HERE}/job/+/ack`], { qos: 1 });
    const axis = { unit: "1", min: 0, max: 1 };
    const capability = {
      name: "diffraction",
      parameters: { Al: axis, Mg: axis, Zn: axis },
      results: ["phases"],
      repeatable: true,
      expectedDuration_s: 1,
    };
    this.say("online", "instrument.online", { online: true, bootId: "b1" });
    this.say("birth", "instrument.birth", {
      bootId: "b1",
      kind: "diffractometer",
      capabilities: [capability],
      simulated: true,
    });
    const state = { operation: "idle", control: "automatic", safety: "ok" };
    this.say("state", "instrument.state", { bootId: "b1", seq: 1, ...state });
  }

  private measure(command: {
    jobId: string;
    attempt: number;
    parameters: Record<string, number>;
  }): void {
    const { jobId, attempt, parameters } = command;
    this.started.push(jobId);
    const most = Object.entries(parameters).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "none";
    const accept = (): void =>
      this.say(`job/${jobId}/accepted`, "job.accepted", { jobId, attempt }, `a.${jobId}`);
    const report = (): void => {
      const observations = [{ kind: "phases", phases: [most] }];
      const data = { jobId, attempt, observations, simulated: true };
      this.say(`job/${jobId}/result`, "job.result", data, `r.${jobId}`);
    };
    for (let k = 0; k < (this.habits.times ?? 1); k++) {
      if (this.habits.resultFirst !== true) accept();
      report();
      if (this.habits.resultFirst === true) accept();
    }
  }

  private say(topic: string, type: string, data: object, id = `m${++this.said}`): void {
    const message = {
      specversion: "1.0",
      id,
      source: "instrument/mini",
      type: `tieline.${type}`,
      time: new Date().toISOString(),
      data,
    };
    const retain = type.startsWith("instrument.");
    this.client.publish(`${HERE}/${topic}`, JSON.stringify(message), { qos: 1, retain });
  }
}
