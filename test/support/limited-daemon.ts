import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { fileRules } from "../../config/file-rules.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { takeEdited } from "../../src/cli/start/reload-configuration.ts";
import type { Logger } from "../../src/core/logger.ts";
import { createDaemon, type Daemon } from "../../src/daemon.ts";
import { reasonInWords } from "../../src/domain/reason.ts";
import type { OperatorAction } from "../../src/events/lab-fact.ts";
import { SITE } from "../contract/brokers.ts";
import { Mosquitto, mosquittoIsThere } from "../contract/mosquitto.ts";
import { type Script, ScriptedInstrument } from "./scripted-instrument.ts";

export interface Place {
  readonly name: string;
  /** What the configuration says about the broker. */
  readonly broker: (later: Later) => Promise<string>;
}

type Later = (end: () => unknown) => void;

const PLACES: readonly Place[] = [
  { name: "the embedded broker", broker: async () => "{ port: 0 }" },
  {
    name: "Mosquitto",
    broker: async (later) => {
      const broker = new Mosquitto();
      await broker.start();
      later(() => broker.stop());
      return `{ url: "mqtt://127.0.0.1:${broker.port}" }`;
    },
  },
];

/** The embedded broker, and Mosquitto where it is installed. */
export const places = (): readonly Place[] => (mosquittoIsThere() ? PLACES : PLACES.slice(0, 1));

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A real daemon with a configuration of a test's own, its instruments and what it wrote in its log. */
export class LimitedDaemon {
  readonly lines: LogLine[] = [];
  daemon!: Daemon;
  /** Its data folder, with the configuration. */
  readonly folder = mkdtempSync(join(tmpdir(), "tieline-limits-"));
  private said = 0;
  private broker = "";
  private readonly ends: (() => unknown)[] = [];

  /** `body` is the configuration without version, site and broker. */
  async start(place: Place, body: string): Promise<this> {
    this.broker = await place.broker((end) => this.ends.push(end));
    await this.open(this.write(body));
    this.ends.push(() => this.daemon.stop());
    return this;
  }

  /** Ends the daemon and starts it again on its log; instruments at its own broker come again by `add`. */
  async restart(): Promise<void> {
    await this.daemon.stop();
    await this.open(join(this.folder, "lab.yaml"));
  }

  private async open(file: string): Promise<void> {
    const loaded = loadConfiguration(file);
    this.daemon = await createDaemon({
      configuration: loaded.configuration,
      campaigns: campaignSpecs(loaded, "1"),
      log: join(this.folder, "log"),
      files: fileRules(loaded, this.folder),
      logger: this.logger(),
      sourceOf: loaded.sourceOf,
      onFatal: (error) => {
        throw error;
      },
    });
    await this.daemon.start();
  }

  /** Edits the configuration and has it read again, as `kill -HUP` does. */
  async edit(body: string): Promise<void> {
    await takeEdited(this.daemon, loadConfiguration(this.write(body)), "1");
  }

  private write(body: string): string {
    const file = join(this.folder, "lab.yaml");
    writeFileSync(file, `version: 1\nsite: ${SITE}\nbroker: ${this.broker}\n${body}`);
    return file;
  }

  async add(script: Script): Promise<ScriptedInstrument> {
    const instrument = new ScriptedInstrument(this.daemon.brokerUrl, script);
    this.ends.push(() => instrument.stop());
    await instrument.isReady();
    return instrument;
  }

  alarms(): string[] {
    return this.daemon.view.overview().alarms.map(({ subject, text }) => `${subject}: ${text}`);
  }

  reasonsOf(instrumentId: string): string[] {
    const { reasons = [] } = this.daemon.view.instrument(instrumentId) ?? {};
    return reasons.map(reasonInWords);
  }

  /** Presses the emergency stop of everything, as ada. */
  async stopAll(id: string): Promise<void> {
    const message = { source: "operator/ada", id };
    await this.daemon.emergencyStop({ active: true, by: "ada", reason: "smoke", message });
  }

  async clear(id: string): Promise<void> {
    const message = { source: "operator/ada", id };
    await this.daemon.emergencyStop({ active: false, by: "ada", reason: "steam", message });
  }

  /** Something a person asks of campaign c1 by the page. */
  async command(action: OperatorAction, more: { readonly batch?: number } = {}): Promise<void> {
    const commandId = `test.${action}.${++this.said}`;
    const message = { source: "operator/ada", id: commandId };
    const about = { campaignId: "c1", action, commandId, by: "ada" };
    await this.daemon.submit({ type: "operator.command", ...about, ...more, message });
  }

  /** Ids of the points that the planner has chosen so far. */
  async drawn(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { fact } of this.daemon.readLog()) {
      if (fact.type !== "planner.proposed") continue;
      ids.push(...fact.proposal.points.map((point) => point.candidateId));
    }
    return ids;
  }

  /** Lets the timer of a job fire now: what would come after its deadline comes at once. */
  async fire(jobId: string): Promise<void> {
    const timerId = [...this.daemon.lab.timers.keys()].find((id) => id.startsWith(`${jobId}/`));
    if (timerId === undefined) throw new Error(`${jobId} has no timer`);
    await this.daemon.submit({ type: "timer.fired", timerId });
  }

  logged(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private logger(): Logger {
    const note =
      (level: string) =>
      (fields: Readonly<Record<string, unknown>>, event: string): void => {
        this.lines.push({ level, event, fields });
      };
    const logger = { debug: note("debug"), info: note("info"), warn: note("warn") };
    return { ...logger, error: note("error"), child: () => this.logger() } as Logger;
  }
}

/** One that ends with the test that asked for it. */
export function newLab(): LimitedDaemon {
  const lab = new LimitedDaemon();
  onTestFinished(() => lab.stop());
  return lab;
}
