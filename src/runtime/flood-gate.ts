import type { InstrumentFact, LabFact, OperatorFact } from "../events/lab-fact.ts";
import type { IncomingMessage } from "../events/message-bus.ts";
import type { Judgement } from "./incoming.ts";
import type { Lab } from "./lab.ts";
import type { RuntimePorts } from "./ports.ts";

/** Keeps understood words from filling log and memory: new ids, births, states, commands, at whatever rate. */
export interface FloodGate {
  /**
   * What would be logged and is more than a laboratory has to say is quarantined as `tooMany`, mostly counted. Of what an instrument
   * says of itself the newest of each kind is heard a little later: what stands in the end is true.
   */
  judge(judgement: Judgement, fact: LabFact, message: IncomingMessage): Judgement;
  stop(): void;
}

interface GateNeeds {
  readonly lab: Lab;
  readonly ports: Pick<RuntimePorts, "clock" | "timers">;
  /** Takes a word that was held back as if it came now. */
  readonly hear: (fact: LabFact, message: IncomingMessage) => void;
}

interface Rate {
  /** So many at once ... */
  readonly burst: number;
  /** ... and so many a second from then on. */
  readonly perSecond: number;
}

/** The largest laboratories have some hundreds; each costs memory for ever. */
export const INSTRUMENTS_MAX = 1_000;
/** A simulated furnace at a thousand times real time says ten states a second. */
const OF_INSTRUMENT: Rate = { burst: 2_000, perSecond: 20 };
/** All instruments together: 50 kB a second of the log where it goes on for ever. */
const OF_ALL: Rate = { burst: 20_000, perSecond: 100 };
/** People, and programs that act for them, by campaign and kind of command: a flood of one keeps nobody from another. */
const OF_COMMANDS: Rate = { burst: 500, perSecond: 2 };
/** A word costs one, and one more for so many bytes. */
const BYTES_a_word = 512;
/** What was held back is tried again after this. */
const HELD_ms = 1_000;

export function createFloodGate(needs: GateNeeds): FloodGate {
  return new Gate(needs);
}

class Gate implements FloodGate {
  private readonly needs: GateNeeds;
  /** Tokens that are left, by name. Names are known instruments, campaigns and actions: bounded. */
  private readonly left = new Map<string, { tokens: number; at_ms: number }>();
  private readonly held = new Map<string, () => void>();
  /** New instruments whose first word is not in the laboratory yet. */
  private readonly coming = new Set<string>();
  private cancel: (() => void) | undefined;

  constructor(needs: GateNeeds) {
    this.needs = needs;
  }

  judge(judgement: Judgement, fact: LabFact, message: IncomingMessage): Judgement {
    const isIn = judgement.kind !== "log" || this.admit(fact, message);
    return isIn ? judgement : { kind: "quarantine", reason: "tooMany" };
  }

  stop(): void {
    this.cancel?.();
    this.held.clear();
  }

  private admit(fact: LabFact, message: IncomingMessage): boolean {
    const cost = 1 + Math.floor(message.payload.byteLength / BYTES_a_word);
    switch (fact.type) {
      case "instrument.online":
      case "instrument.birth":
      case "instrument.state":
        return this.admitInstrument(fact, message, cost);
      case "operator.command":
      case "safety.emergencyStop":
        return this.take(nameOf(fact), OF_COMMANDS, cost);
      default:
        return true;
    }
  }

  private admitInstrument(fact: InstrumentFact, message: IncomingMessage, cost: number): boolean {
    const { instrumentId } = fact;
    if (!this.isWelcome(instrumentId)) return false;
    const isHere = this.take(instrumentId, OF_INSTRUMENT, cost) && this.take("", OF_ALL, cost);
    const name = `${instrumentId} ${fact.type}`;
    // The newest word is what counts in the end, whoever flooded before it.
    this.held.delete(name);
    if (isHere) return true;
    this.held.set(name, () => this.needs.hear(fact, message));
    this.hearLater();
    return false;
  }

  /** Known, named by the configuration, or one of the first thousand. */
  private isWelcome(instrumentId: string): boolean {
    const { machines, policies } = this.needs.lab;
    if (machines.instrument.has(instrumentId)) {
      this.coming.delete(instrumentId);
      return true;
    }
    if (instrumentId in policies || this.coming.has(instrumentId)) return true;
    if (machines.instrument.size + this.coming.size >= INSTRUMENTS_MAX) {
      for (const id of this.coming) if (machines.instrument.has(id)) this.coming.delete(id);
      if (machines.instrument.size + this.coming.size >= INSTRUMENTS_MAX) return false;
    }
    this.coming.add(instrumentId);
    return true;
  }

  private take(name: string, { burst, perSecond }: Rate, cost: number): boolean {
    const now_ms = this.needs.ports.clock.now_ms();
    const before = this.left.get(name) ?? { tokens: burst, at_ms: now_ms };
    // A clock that is set back gives nothing, and takes nothing.
    const passed_s = Math.max(0, now_ms - before.at_ms) / 1000;
    const tokens = Math.min(burst, before.tokens + passed_s * perSecond);
    const price = Math.min(cost, burst);
    const isEnough = tokens >= price;
    this.left.set(name, { tokens: isEnough ? tokens - price : tokens, at_ms: now_ms });
    return isEnough;
  }

  private hearLater(): void {
    const { clock, timers } = this.needs.ports;
    this.cancel ??= timers.schedule(clock.now_ms() + HELD_ms, () => {
      this.cancel = undefined;
      for (const [name, hear] of [...this.held]) {
        this.held.delete(name);
        hear();
      }
    });
  }
}

function nameOf(fact: OperatorFact): string {
  return fact.type === "safety.emergencyStop" ? "/stop" : `/${fact.campaignId}/${fact.action}`;
}
