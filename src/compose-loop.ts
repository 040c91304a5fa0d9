import { createAgentMessages } from "../adapters/mqtt/agent-messages.ts";
import { createViewPublisher } from "../adapters/mqtt/view-publisher.ts";
import { createWireCodec } from "../adapters/mqtt/wire-codec.ts";
import { VERSION } from "./core/version.ts";
import type { CampaignSpec } from "./domain/campaign.ts";
import type { Limits } from "./domain/candidate.ts";
import type { LabFact } from "./events/lab-fact.ts";
import type { OutgoingMessage } from "./events/message-bus.ts";
import { createRuntime, type Runtime } from "./runtime/event-loop.ts";
import type { Lab } from "./runtime/lab.ts";
import { FINAL_STATES, locateJob, summariseCampaign } from "./runtime/lab-status.ts";
import type { RuntimeObserver, RuntimePorts } from "./runtime/ports.ts";
import { createLabView, type LabView } from "./views/lab-view.ts";

/** A campaign to run, and whether it starts by itself. */
export interface PlannedCampaign {
  readonly spec: CampaignSpec;
  readonly autoStart: boolean;
}

export interface LoopOptions {
  readonly site: string;
  readonly agentId: string;
  readonly instrumentLimits: Readonly<Record<string, Limits>>;
  readonly campaigns: readonly PlannedCampaign[];
  /** Looks on beside the views. */
  readonly observer?: RuntimeObserver | undefined;
}

/** The loop without the world: the same for the daemon and for a simulation in virtual time. */
export interface Loop {
  readonly lab: Lab;
  readonly view: LabView;
  start(): Promise<void>;
  submit(fact: LabFact): Promise<unknown>;
  /** True when every campaign is over. */
  isFinished(): boolean;
  stop(): Promise<void>;
}

/** Wires runtime, views and publisher to the ports given. */
export function composeLoop(ports: Omit<RuntimePorts, "codec">, options: LoopOptions): Loop {
  const { site, agentId } = options;
  const { bus, clock, timers, logger } = ports;
  let runtime: Runtime;
  const view = createLabView({
    site,
    agentId,
    state: {
      campaignStatus: (id) => summariseCampaign(runtime.lab, id),
      locateJob: (id) => locateJob(runtime.lab, id),
    },
    connectionOf: (id) => connectionOf(runtime.lab, id),
  });
  const messages = () => createAgentMessages({ site, agentId, epoch: runtime.lab.epoch });
  const publish = (message: OutgoingMessage): void => {
    const report = (error: unknown) =>
      logger.warn({ topic: message.topic, error: String(error) }, "view.notSent");
    bus.publish(message).catch(report);
  };
  const publisher = createViewPublisher({ view, messages, publish, clock, timers });
  runtime = createRuntime(
    { ...ports, codec: createWireCodec({ site }) },
    { site, agentId, version: VERSION, instrumentLimits: options.instrumentLimits },
    {
      ...options.observer,
      onEvent: (event, lab, live) => {
        view.fold(event);
        if (live) publisher.noteEvent(event);
        options.observer?.onEvent?.(event, lab, live);
      },
      onSettled: (lab) => {
        if (online) publisher.publishChanges();
        options.observer?.onSettled?.(lab);
      },
      onTelemetry: (reading) => view.noteTelemetry({ ...reading, time_ms: clock.now_ms() }),
      onProgress: (progress) => view.noteProgress(progress),
      onCount: (what) => {
        if (what === "duplicate") view.noteDuplicate();
        options.observer?.onCount?.(what);
      },
    },
  );
  let online = false;
  return {
    lab: runtime.lab,
    view,
    start: async () => {
      await runtime.start();
      online = true;
      publish(messages().online(true, VERSION, clock.now_ms()));
      await defineCampaigns(runtime, ports, options);
    },
    submit: (fact) => runtime.submit(fact),
    isFinished: () => isFinished(runtime.lab),
    stop: async () => {
      publisher.stop();
      await runtime.stop();
      if (online)
        await bus.publish(messages().online(false, VERSION, clock.now_ms())).catch(() => {});
    },
  };
}

function connectionOf(lab: Lab, instrumentId: string): string | undefined {
  const states = lab.machines.instrument.get(instrumentId)?.states;
  return states?.find((state) => state.startsWith("connection."))?.slice("connection.".length);
}

function isFinished(lab: Lab): boolean {
  const campaigns = [...lab.machines.campaign.values()];
  return campaigns.length > 0 && campaigns.every((one) => FINAL_STATES.has(one.states[0] ?? ""));
}

/** Campaigns that the log does not know yet are defined; the settings of known ones are those of the log. */
async function defineCampaigns(
  runtime: Runtime,
  ports: Omit<RuntimePorts, "codec">,
  options: LoopOptions,
): Promise<void> {
  for (const { spec, autoStart } of options.campaigns) {
    const { campaignId } = spec;
    const known = runtime.lab.specs.get(campaignId);
    if (known === undefined) {
      await runtime.submit({ type: "campaign.defined", spec });
    } else if (JSON.stringify(known) !== JSON.stringify(JSON.parse(JSON.stringify(spec)))) {
      const event =
        "campaign.settingsDiffer: the log's settings are used; a new id makes a new campaign";
      ports.logger.warn({ campaignId }, event);
    }
    const commandId = `${campaignId}.autoStart`;
    if (!autoStart || runtime.lab.replies.has(commandId)) continue;
    await runtime.submit({
      type: "operator.command",
      campaignId,
      action: "start",
      commandId,
      by: "configuration",
      message: { source: `agent/${options.agentId}`, id: commandId },
    });
  }
}
