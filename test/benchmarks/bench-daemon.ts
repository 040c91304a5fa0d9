import { type EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { openClient } from "../../adapters/mqtt/open-client.ts";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";

export interface Bench {
  readonly daemon: Daemon;
  readonly client: MqttClient;
  readonly folder: string;
}

export interface BenchCampaign {
  readonly id: string;
  /** What its instruments can do. */
  readonly capability?: string;
  readonly budget: number;
  readonly inFlight: number;
  readonly step: number;
  readonly model: string;
}

const campaignText = (settings: BenchCampaign): string => `  - id: ${settings.id}
    goal: phase-diagram
    autoStart: true
    budget: ${settings.budget}
    inFlight: ${settings.inFlight}
    space: { kind: simplex-grid, components: [A, B, C], step: ${settings.step} }
    recipe: [{ capability: ${settings.capability ?? "measure"}, repeatable: true, parameters: { A: { axis: A }, B: { axis: B } } }]
    model: ${settings.model}
`;

/** A daemon with these campaigns on a new log (in a folder, unless another place is named), its broker (its own, unless another one is named), and a client. */
export async function openBench(
  campaigns: readonly BenchCampaign[],
  { log, broker }: { readonly log?: string; readonly broker?: string } = {},
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-bench-"));
  const file = join(folder, "config.yaml");
  writeFileSync(
    file,
    `version: 1
site: bench
broker: { ${broker === undefined ? "port: 0" : `url: "${broker}"`} }
campaigns:
${campaigns.map(campaignText).join("")}`,
  );
  const loaded = loadConfiguration(file);
  const daemon = await createDaemon({
    configuration: loaded.configuration,
    campaigns: campaignSpecs(loaded, "1"),
    ...{ log: log ?? join(folder, "data"), folder: join(folder, "data") },
    logger: silentLogger,
    onFatal: (error) => {
      throw error;
    },
  });
  await daemon.start();
  const client = openClient(daemon.brokerUrl, {
    protocolVersion: 5,
    properties: { receiveMaximum: 1000 },
  });
  await once(client as unknown as EventEmitter, "connect");
  return { daemon, client, folder };
}

export async function closeBench({ daemon, client, folder }: Bench): Promise<void> {
  await client.endAsync();
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
}

export const PREFIX = "tieline/v1/bench";
let messages = 0;

export function send(
  client: MqttClient,
  instrument: string,
  rest: string,
  type: string,
  data: object,
): void {
  const envelope = {
    specversion: "1.0",
    id: `m${++messages}`,
    source: `instrument/${instrument}`,
    type: `tieline.${type}`,
    time: new Date().toISOString(),
    data,
  };
  client.publish(`${PREFIX}/instrument/${instrument}/${rest}`, JSON.stringify(envelope), {
    qos: 1,
  });
}

export function born(
  client: MqttClient,
  instrument: string,
  { capability = "measure", results = "phases" } = {},
): void {
  send(client, instrument, "birth", "instrument.birth", {
    bootId: "b1",
    kind: "bench",
    capabilities: [
      {
        name: capability,
        parameters: { A: { unit: "1", min: 0, max: 1 }, B: { unit: "1", min: 0, max: 1 } },
        results: [results],
        repeatable: true,
        expectedDuration_s: 1,
      },
    ],
    simulated: true,
  });
}
