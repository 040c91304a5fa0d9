import { createVirtualLaboratory, type SimulatedBus } from "../../../simulators/index.ts";
import type { VirtualLaboratoryOptions } from "../../../simulators/laboratory/laboratory-options.ts";

type Data = Record<string, unknown>;

export interface Heard {
  readonly topic: string;
  /** `instrument.state`, `job.result` ...: the type without `tieline.`; `broken` where it is no CloudEvent. */
  readonly type: string;
  readonly id: string;
  readonly data: Data;
  readonly retained: boolean;
  readonly time_ms: number;
}

export const START_MS = Date.UTC(2026, 0, 1);

/** A laboratory in virtual time with the plainest possible agent: it hears everything and says what the test wants. */
export function createVirtualAgent(options: Partial<VirtualLaboratoryOptions> = {}) {
  const laboratory = createVirtualLaboratory({ seed: "1", ...options });
  const heard: Heard[] = [];
  let commands = 0;
  let bus: SimulatedBus;
  const listen = async (): Promise<void> => {
    bus = laboratory.connectDaemon();
    void bus.start({
      onMessage: async ({ topic, payload, retained }) => {
        // The subtree brings the agent's own words back.
        if (/\/command\/|\/ack$/.test(topic)) return;
        heard.push(parse(topic, payload, retained, laboratory.clock.now_ms()));
      },
      onConnection: () => {},
    });
    await run(1);
  };
  const run = (seconds: number) =>
    laboratory.clock.run({ time_max_ms: laboratory.clock.now_ms() + seconds * 1000 });
  const say = (rest: string, type: string, data: Data, retain = false): void => {
    const envelope = { specversion: "1.0", id: `c${++commands}`, source: "agent/test", type, data };
    const payload = JSON.stringify({ ...envelope, time: new Date(0).toISOString() });
    void bus.publish({ topic: `tieline/v1/default/${rest}`, payload, qos: 1, retain });
  };
  return {
    laboratory,
    heard,
    listen,
    run,
    say,
    kill: () => bus.kill(),
    ofType: (type: string) => heard.filter((message) => message.type === type),
    last: (type: string) => heard.filter((message) => message.type === type).at(-1)?.data,
    start: (instrumentId: string, order: Data, retain = false) =>
      say(
        `instrument/${instrumentId}/command/start`,
        "tieline.job.start",
        {
          commandId: `start-${String(order["jobId"])}-${String(order["attempt"] ?? 1)}`,
          attempt: 1,
          campaignId: "map",
          epoch: 1,
          notAfter: new Date(laboratory.clock.now_ms() + 60_000).toISOString(),
          parameters: {},
          ...order,
        },
        retain,
      ),
    control: (instrumentId: string, action: string, data: Data) =>
      say(`instrument/${instrumentId}/command/${action}`, `tieline.job.${action}`, {
        commandId: `${action}-${commands}`,
        epoch: 1,
        ...data,
      }),
    ack: (instrumentId: string, jobId: string, attempt = 1) =>
      say(`instrument/${instrumentId}/job/${jobId}/ack`, "tieline.job.ack", {
        jobId,
        attempt,
        position: 1,
      }),
  };
}

function parse(topic: string, payload: Uint8Array, retained: boolean, time_ms: number): Heard {
  try {
    const { type, id, data } = JSON.parse(new TextDecoder().decode(payload));
    if (typeof type !== "string") throw new Error("not a CloudEvent");
    return { topic, type: type.replace(/^tieline\./, ""), id, data, retained, time_ms };
  } catch {
    return { topic, type: "broken", id: "", data: {}, retained, time_ms };
  }
}

/** An order for a sample of the given composition. */
export function synthesis(jobId: string, sampleId: string, x: [number, number, number]): Data {
  return {
    jobId,
    capability: "synthesise",
    parameters: { x_Al: x[0], x_Mg: x[1], x_Zn: x[2] },
    sampleIds: [sampleId],
  };
}

export function anneal(jobId: string, sampleId: string, duration_h = 0.15): Data {
  return {
    jobId,
    capability: "anneal",
    parameters: { temperature_K: 608, duration_h },
    sampleIds: [sampleId],
  };
}

export function diffraction(jobId: string, sampleId: string): Data {
  return { jobId, capability: "diffraction", sampleIds: [sampleId] };
}
