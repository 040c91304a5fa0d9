import { MESSAGES, type MessageName } from "../../../adapters/mqtt/contract.ts";
import { topicOf } from "../../../adapters/mqtt/topics.ts";
import { createDrawingPlanner } from "../../../simulators/run/drawing-planner.ts";
import { createVirtualClock, type VirtualClock } from "../../../simulators/time/virtual-clock.ts";
import { composeLoop, type Loop } from "../../../src/compose-loop.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { createPrng, type Prng } from "../../../src/core/prng.ts";
import type { EventLog } from "../../../src/events/event-log.ts";
import type { LabEvent } from "../../../src/events/lab-event.ts";
import type { BusHandlers, OutgoingMessage } from "../../../src/events/message-bus.ts";
import type { MessageCount } from "../../../src/runtime/ports.ts";
import { SAMPLES, SITE, wrap } from "../../adapters/mqtt/sample-messages.ts";
import { smallCampaign } from "../../support/small-campaign.ts";
import { mangleBytes, mangleStructure } from "./mangle.ts";

const START_ms = Date.parse("2026-11-23T09:00:00Z");
const CAMPAIGN = "map";
/** Ids that anybody may have overheard. */
const KEPT_MAX = 50;

/** The production loop on a log that only counts, a virtual clock and a bus that a test feeds. */
export class FuzzedLoop {
  private readonly clock: VirtualClock = createVirtualClock(START_ms);
  private readonly prng: Prng;
  private readonly thrown = new Map<string, number>();
  private readonly counts: Partial<Record<MessageCount, number>> = {};
  private readonly overheard: { instrumentId: string; jobId: string; attempt: number }[] = [];
  private readonly log = new CountingLog();
  private handlers: BusHandlers | undefined;
  private loop: Loop | undefined;
  private said = 0;
  private sentBytes = 0;
  private stops = 0;
  private stopsObeyed = 0;
  private stopsSaid = 0;

  static async start(seed: string): Promise<FuzzedLoop> {
    const made = new FuzzedLoop(seed);
    await made.begin();
    return made;
  }

  private constructor(seed: string) {
    this.prng = createPrng(`fuzz/${seed}`);
    const note = (error: unknown) => this.noteThrown(error);
    process.on("uncaughtException", note).on("unhandledRejection", note);
  }

  /** One message of each name, all at once; now and then a stop behind them, which must be announced before they are through. */
  async send(names: readonly MessageName[]): Promise<void> {
    const before = this.stopsSaid;
    const received = names.map((name) => this.receive(...this.draw(name)));
    if (this.prng.next() < 0.02) {
      this.stops += 1;
      received.push(this.receive(...this.stop()));
      if (this.stopsSaid > before || this.loop?.lab.emergency !== undefined) this.stopsObeyed += 1;
    }
    await Promise.all(received);
  }

  async pass(duration_ms: number): Promise<void> {
    await this.clock.run({ time_max_ms: this.clock.now_ms() + duration_ms });
  }

  tally() {
    const { thrown, counts, sentBytes, stops, stopsObeyed } = this;
    const instruments = this.loop?.lab.machines.instrument.size ?? 0;
    const { bytes: logBytes, lastPosition: events } = this.log;
    return { thrown, counts, sentBytes, stops, stopsObeyed, instruments, logBytes, events };
  }

  private async begin(): Promise<void> {
    const { clock, log } = this;
    this.loop = composeLoop(
      {
        ...{ log, clock, timers: clock, logger: silentLogger },
        planner: createDrawingPlanner(() => {}),
        bus: {
          start: async (handlers) => {
            this.handlers = handlers;
          },
          publish: async (message) => this.hear(message),
          stop: async () => {},
        },
      },
      {
        ...{ site: SITE, agentId: "a1", policies: {}, campaigns: [smallCampaign({ budget: 200 })] },
        dashboardEvery_ms: 10_000,
        observer: {
          onCount: (what) => {
            this.counts[what] = (this.counts[what] ?? 0) + 1;
          },
          onFatal: (error) => this.noteThrown(error),
        },
      },
    );
    await this.loop.start();
  }

  /** What the agent says: starts name jobs that reports may be about. */
  private hear({ topic, payload }: OutgoingMessage): void {
    if (topic.endsWith("/safety/emergency-stop") && /"active":true/.test(payload))
      this.stopsSaid += 1;
    if (!topic.endsWith("/command/start")) return;
    const { data } = JSON.parse(payload) as { data: { jobId: string; attempt: number } };
    const { jobId, attempt } = data;
    this.overheard.push({ instrumentId: topic.split("/").at(-3) ?? "", jobId, attempt });
    if (this.overheard.length > KEPT_MAX) this.overheard.shift();
  }

  private async receive(topic: string, payload: Uint8Array): Promise<void> {
    this.sentBytes += payload.byteLength;
    const retained = this.prng.next() < 0.05;
    try {
      await this.handlers?.onMessage({ topic, payload, qos: 1, retained });
    } catch (error) {
      this.noteThrown(error);
    }
  }

  private stop(): [topic: string, payload: Uint8Array] {
    const data = { active: true, by: "ada", reason: "smoke" };
    return [
      topicOf(SITE, "emergencyStop", {}),
      this.write(wrap("emergencyStop", data, this.head())),
    ];
  }

  private draw(name: MessageName): [topic: string, payload: Uint8Array] {
    const { prng } = this;
    const known = this.overheard[prng.integer(Math.max(1, this.overheard.length))];
    const isKnown = known !== undefined && prng.next() < 0.5;
    const invented = prng.next() < 0.1 ? `x${prng.integer(100_000)}` : "furnace1";
    const ids = {
      ...{ instrumentId: isKnown ? known.instrumentId : invented, campaignId: CAMPAIGN },
      ...{ jobId: isKnown ? known.jobId : `map.e${prng.integer(50)}.s1`, channel: "temperature" },
      ...{ view: "overview", agentId: "a1", reason: "notJson" },
    };
    const data: Record<string, unknown> = structuredClone(SAMPLES[name]);
    if ("jobId" in data) data["jobId"] = ids.jobId;
    if ("attempt" in data && isKnown) data["attempt"] = known.attempt;
    if ("commandId" in data) data["commandId"] = `k${prng.integer(1_000_000)}`;
    if ("seq" in data) data["seq"] = ++this.said;
    const source =
      MESSAGES[name].from === "instrument" ? { source: `instrument/${ids.instrumentId}` } : {};
    const envelope = wrap(name, data, { ...this.head(), ...source }) as Record<string, unknown>;
    const times = prng.integer(4);
    for (let k = 0; k < times; k++) mangleStructure(envelope, prng);
    const bytes = this.write(envelope);
    return [topicOf(SITE, name, ids), prng.next() < 0.1 ? mangleBytes(bytes, prng) : bytes];
  }

  private head() {
    const id = `f${++this.said}`;
    const skew_ms = this.prng.next() < 0.1 ? 1e9 * (this.prng.next() - 0.5) : 0;
    return { id, time: new Date(this.clock.now_ms() + skew_ms).toISOString() };
  }

  private write(value: object): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(value));
  }

  private noteThrown(error: unknown): void {
    const what =
      error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : String(error);
    this.thrown.set(what, (this.thrown.get(what) ?? 0) + 1);
  }
}

/** Keeps the size of what it was given, and nothing else. */
class CountingLog implements EventLog {
  lastPosition = 0;
  bytes = 0;

  async append(drafts: Parameters<EventLog["append"]>[0]): Promise<LabEvent[]> {
    return drafts.map((draft) => {
      this.bytes += JSON.stringify(draft).length;
      return { ...draft, position: ++this.lastPosition };
    });
  }

  async *read(): AsyncIterable<LabEvent> {}

  async close(): Promise<void> {}
}
