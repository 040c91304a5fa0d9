import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import { SITE } from "./brokers.ts";
import { Mosquitto, mosquittoIsThere } from "./mosquitto.ts";

/** What a test has opened is closed after it, last first. */
export const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** A broker for daemons of a test: the same over a restart of the daemon. */
export interface Place {
  /** What the configuration says about the broker. */
  readonly broker: string;
  /** The broker's process; absent where the broker is the daemon's own. */
  readonly mosquitto?: Mosquitto;
}

/** The embedded broker and, where it is installed, Mosquitto: how to make a place on each. */
export const BROKERS: readonly { readonly name: string; make(): Promise<Place> }[] = [
  { name: "the embedded broker", make: async () => ({ broker: "{ port: 0 }" }) },
  ...(mosquittoIsThere() ? [{ name: "Mosquitto", make: makeMosquitto }] : []),
];

export async function makeMosquitto(): Promise<Place & { readonly mosquitto: Mosquitto }> {
  const mosquitto = new Mosquitto();
  await mosquitto.start();
  cleanUp.push(() => mosquitto.stop());
  return { broker: `{ url: "mqtt://127.0.0.1:${mosquitto.port}" }`, mosquitto };
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tieline-daemon-"));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A campaign of one step for the `MiniInstrument`; `more` are further lines of it. */
export function campaignYaml(more: readonly string[] = []): string {
  return [
    "campaigns:",
    "  - id: c1",
    "    goal: phase-diagram",
    ...more.map((line) => `    ${line}`),
    "    space: { kind: simplex-grid, components: [Al, Mg, Zn], step: 0.2 }",
    "    recipe:",
    "      - capability: diffraction",
    "        parameters: { Al: { axis: Al }, Mg: { axis: Mg }, Zn: { axis: Zn } }",
    "        timeLimit_s: 60",
    "        repeatable: true",
  ].join("\n");
}

/** A real daemon in this process, on a real log; `yaml` follows version, site and broker. */
export async function startDaemon(
  place: Place,
  {
    folder = makeFolder(),
    yaml = campaignYaml(["budget: 6", "inFlight: 2"]),
    logger = silentLogger,
  } = {},
): Promise<Daemon> {
  const file = join(folder, "config.yaml");
  writeFileSync(file, `version: 1\nsite: ${SITE}\nbroker: ${place.broker}\n${yaml}\n`);
  const loaded = loadConfiguration(file);
  const daemon = await createDaemon({
    configuration: loaded.configuration,
    campaigns: campaignSpecs(loaded, "1"),
    log: join(folder, "log"),
    logger,
    onFatal: (error) => {
      throw error;
    },
  });
  cleanUp.push(() => daemon.stop());
  await daemon.start();
  return daemon;
}

/** A client of the broker, as an operator or an instrument has one. */
export async function connect(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url);
  cleanUp.push(() => client.endAsync(true));
  return client;
}

export async function eventsOf(daemon: Daemon): Promise<LabEvent[]> {
  const events: LabEvent[] = [];
  for await (const event of daemon.readLog()) events.push(event);
  return events;
}
