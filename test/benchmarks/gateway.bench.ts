import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTaskDevice,
  type Device,
  type GatewayOptions,
  openGateway,
} from "../../adapters/gateway/index.ts";
import {
  Agent,
  embeddedBroker,
  mosquittoBroker,
  type TestBroker,
} from "../adapters/gateway/gateway-bench.ts";
import { mosquittoIsThere } from "../contract/mosquitto.ts";

/** Jobs a second from order to result, each journaled and synced four times; and how long a stop takes to reach the device. */
const JOBS = 100;
const STOPS = 20;

const capabilities: Device["capabilities"] = [
  {
    ...{ name: "anneal", results: ["objective"], repeatable: true, expectedDuration_s: 1 },
    parameters: { temperature_K: { unit: "K", min: 0, max: 1000 } },
  },
];

export async function run(): Promise<void> {
  const brokers: [string, () => Promise<TestBroker>][] = [["embedded", embeddedBroker]];
  if (mosquittoIsThere()) brokers.push(["Mosquitto", mosquittoBroker]);
  else console.log("Mosquitto is not installed: not measured");
  for (const [name, open] of brokers) {
    console.log(`${name}: ${await measure(open, jobsPerSecond)} jobs/s`);
    console.log(`${name}: ${await measure(open, stopTimes)}`);
  }
}

async function measure<T>(
  open: () => Promise<TestBroker>,
  how: (agent: Agent, options: GatewayOptions) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-gateway-bench-"));
  const broker = await open();
  const agent = await Agent.at(broker.url, "furnace");
  const options = { broker: broker.url, site: "lab", instrument: "furnace", folder };
  try {
    return await how(agent, options);
  } finally {
    await agent.end();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function jobsPerSecond(agent: Agent, options: GatewayOptions): Promise<number> {
  const task = { kind: "bench", capabilities, run: () => ({ observations: [] }) };
  const gateway = await openGateway(createTaskDevice(task), options);
  while (agent.last("state")?.["operation"] !== "idle") await soon();
  const start_ms = performance.now();
  for (let k = 0; k < JOBS; k++) {
    await agent.order(`j${k}`);
    while (agent.last("result")?.["jobId"] !== `j${k}`) await soon();
    await agent.acknowledge(`j${k}`);
  }
  const taken_s = (performance.now() - start_ms) / 1000;
  await gateway.stop();
  return Math.round(JOBS / taken_s);
}

/** The device's poll hangs all the while: a stop must not wait for it. */
async function stopTimes(agent: Agent, options: GatewayOptions): Promise<string> {
  let halted_ms = 0;
  const device: Device = {
    ...{ kind: "bench", capabilities, begin: () => {}, result: () => ({ observations: [] }) },
    status: () => ({ state: "ready" }),
    telemetry: () => new Promise(() => {}),
    halt: () => {
      halted_ms ||= performance.now();
    },
  };
  const gateway = await openGateway(device, {
    ...options,
    poll_ms: 20,
    deadlines_ms: { telemetry: 400 },
  });
  while (agent.last("state") === undefined) await soon();
  const times_ms: number[] = [];
  for (let k = 0; k < STOPS; k++) {
    halted_ms = 0;
    const said_ms = performance.now();
    await agent.emergencyStop(true, false);
    while (halted_ms === 0) await soon();
    times_ms.push(halted_ms - said_ms);
    await agent.emergencyStop(false, false);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await gateway.stop();
  times_ms.sort((a, b) => a - b);
  const [median, largest] = [times_ms[STOPS / 2] ?? 0, times_ms.at(-1) ?? 0];
  return `a stop reaches a device whose poll hangs in ${median.toFixed(1)} ms (median), ${largest.toFixed(1)} ms (largest of ${STOPS})`;
}

function soon(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
