import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { InstrumentPolicy } from "../../src/domain/limits/known-laboratory.ts";
import {
  composeLoop,
  createInThreadPlanner,
  createMemoryEventLog,
  type KillPoint,
  type LabEvent,
  type Loop,
  type LoopOptions,
  type PlannedCampaign,
  type PlannerPort,
} from "../../src/index.ts";
import type { SimulatedBus } from "../broker/simulated-bus.ts";
import type { OutgoingText } from "../checkers/speech/said.ts";
import { SpeechWatch } from "../checkers/speech/speech-watch.ts";
import type { LaboratoryOptions, VirtualLaboratory } from "../laboratory/laboratory-options.ts";
import { createVirtualLaboratory } from "../laboratory/virtual-laboratory.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";
import type { LedgerEntry, Violation } from "../world/physical-ledger.ts";

export interface SimulationOptions extends LaboratoryOptions {
  readonly campaigns: readonly PlannedCampaign[];
  readonly policies?: Readonly<Record<string, InstrumentPolicy>> | undefined;
  readonly latency_ms?: { readonly min: number; readonly max: number } | undefined;
  /** Kills the daemon at the n-th pass of a named point; it starts again at once. */
  readonly kills?: readonly { readonly point: KillPoint; readonly n: number }[] | undefined;
  /** A restart goes on from a snapshot of the log, and one is made after so many events; absent: it replays the whole log. */
  readonly snapshotEvery?: number | undefined;
  /** Bound of the laboratory's time, s. Default 60 days. */
  readonly duration_s_max?: number | undefined;
  /** Default: the production planners in the same thread. */
  readonly planner?: ((onMistake: (detail: string) => void) => PlannerPort) | undefined;
  /** Pause between two messages of one dashboard view, s; default 1. */
  readonly dashboardEvery_s?: number | undefined;
  /** What people, and strangers, do meanwhile; called once before the run. */
  readonly people?: ((laboratory: VirtualLaboratory) => void) | undefined;
  readonly onEvent?: ((event: LabEvent) => void) | undefined;
  readonly logger?: Logger | undefined;
}

export interface SimulationResult {
  readonly events: readonly LabEvent[];
  readonly finished: boolean;
  /** Laboratory time that passed, s. */
  readonly elapsed_s: number;
  readonly restarts: number;
  readonly ledger: readonly LedgerEntry[];
  /** Empty for a good run. */
  readonly violations: readonly Violation[];
  readonly loop: Loop;
}

type FoldSnapshot = NonNullable<NonNullable<LoopOptions["snapshots"]>["found"]>;

const DURATION_s_max = 60 * 86_400;
const AGENT = "tieline";
const SITE = "default";
/** After the last campaign is over: time for acknowledgements that are on their way. */
const SETTLE_s = 120;

/**
 * The production code against simulated time, network and instruments: one seed draws the laboratory and its faults.
 * A kill ends the daemon in the middle of what it does; a new one starts on the same log.
 */
export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const laboratory = createVirtualLaboratory({ ...options, site: SITE });
  const { clock } = laboratory;
  const start_ms = clock.now_ms();
  const log: LabEvent[] = [];
  const policies = options.policies ?? {};
  const watch = new SpeechWatch({ now_ms: () => clock.now_ms(), policies });
  const daemon = new MortalDaemon(options, laboratory, log, watch);
  options.people?.(laboratory);
  daemon.live();
  const time_max_ms = start_ms + (options.duration_s_max ?? DURATION_s_max) * 1000;
  await clock.run({ until: () => daemon.isFinished(), time_max_ms });
  const finished = daemon.isFinished();
  const elapsed_s = (clock.now_ms() - start_ms) / 1000;
  await clock.run({ time_max_ms: clock.now_ms() + SETTLE_s * 1000 });
  const names = options.campaigns.map(({ spec }) => spec.campaignId);
  const byCampaign = <Value>(find: (campaignId: string) => Value): Record<string, Value> =>
    Object.fromEntries(names.map((campaignId) => [campaignId, find(campaignId)]));
  const physical = laboratory.check({
    budgets: byCampaign((id) => watch.budgetOf(id) + lostExperiments(daemon.loop, id)),
    limits: byCampaign((id) => watch.limitsOf(id)),
    finished,
  });
  laboratory.stop();
  return {
    events: log,
    finished,
    elapsed_s,
    restarts: daemon.restarts,
    ledger: laboratory.ledger(),
    violations: [...physical, ...watch.violations],
    loop: daemon.loop,
  };
}

/** The budget counts observations: an experiment that was lost on the way gives its place back. */
function lostExperiments(loop: Loop, campaignId: string): number {
  return [...loop.lab.machines.experiment.values()].filter(
    ({ context, states }) =>
      context.campaignId === campaignId &&
      (states.includes("failed") || states.includes("abandoned")),
  ).length;
}

/** Thrown at a kill point: nothing that comes after it in the process happens. */
class Killed extends Error {}

/** The daemon and its successors on one log. */
class MortalDaemon {
  loop: Loop;
  restarts = 0;
  private readonly options: SimulationOptions;
  private readonly laboratory: VirtualLaboratory;
  private readonly log: LabEvent[];
  private readonly clock: VirtualClock;
  private readonly passes = new Map<KillPoint, number>();
  private readonly watch: SpeechWatch;
  private bus: SimulatedBus;
  private snapshot: FoldSnapshot | undefined;
  private life = 0;

  constructor(
    options: SimulationOptions,
    laboratory: VirtualLaboratory,
    log: LabEvent[],
    watch: SpeechWatch,
  ) {
    this.options = options;
    this.watch = watch;
    this.laboratory = laboratory;
    this.log = log;
    this.clock = laboratory.clock;
    this.bus = laboratory.connectDaemon();
    this.loop = this.compose();
    this.scheduleKill();
  }

  isFinished(): boolean {
    return this.loop.isFinished();
  }

  live(): void {
    this.loop.start().catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
  }

  private compose(): Loop {
    this.life += 1;
    const life = this.life;
    const isAlive = (): boolean => this.life === life;
    const memory = createMemoryEventLog(this.log);
    const { clock } = this;
    const onMistake = (detail: string) => this.watch.find("what planners are taught", detail);
    const planner = this.options.planner?.(onMistake) ?? createInThreadPlanner();
    const { dashboardEvery_s } = this.options;
    return composeLoop(
      {
        log: {
          ...memory,
          get lastPosition() {
            return memory.lastPosition;
          },
          mark: async () => ({ position: memory.lastPosition, digest: "" }),
          append: async (drafts) => {
            if (!isAlive()) throw new Killed();
            const events = await memory.append(drafts);
            for (const event of events) {
              this.watch.onEvent(event);
              this.options.onEvent?.(event);
            }
            return events;
          },
        },
        bus: mortalBus(this.bus, (message) => {
          if (isAlive()) this.watch.onSaid(message);
        }),
        planner,
        clock,
        timers: {
          schedule: (at_ms, callback) =>
            clock.schedule(at_ms, () => (isAlive() ? callback() : undefined)),
        },
        logger: this.options.logger ?? silentLogger,
        at: (point) => this.pass(point, isAlive),
      },
      {
        site: SITE,
        agentId: AGENT,
        policies: this.options.policies ?? {},
        campaigns: this.options.campaigns,
        dashboardEvery_ms: dashboardEvery_s === undefined ? undefined : dashboardEvery_s * 1000,
        snapshots: this.snapshots(isAlive),
      },
    );
  }

  /** The same cache as on disk, in memory: what the daemon had written when it was killed, its successor finds. */
  private snapshots(isAlive: () => boolean): LoopOptions["snapshots"] {
    const { snapshotEvery } = this.options;
    if (snapshotEvery === undefined) return undefined;
    const save = async (snapshot: FoldSnapshot): Promise<void> => {
      if (isAlive()) this.snapshot = snapshot;
    };
    return {
      store: { load: async () => this.snapshot, save },
      found: this.snapshot,
      pace: { events_min: snapshotEvery, eventsBetween: snapshotEvery },
    };
  }

  private pass(point: KillPoint, isAlive: () => boolean): void {
    if (!isAlive()) throw new Killed();
    const n = (this.passes.get(point) ?? 0) + 1;
    this.passes.set(point, n);
    const isDue = this.options.kills?.some((kill) => kill.point === point && kill.n === n) ?? false;
    if (!isDue) return;
    this.kill();
    throw new Killed();
  }

  private kill(): void {
    this.bus.kill();
    this.life += 1;
    this.restarts += 1;
    this.clock.schedule(this.clock.now_ms(), () => {
      this.bus = this.laboratory.connectDaemon();
      this.loop = this.compose();
      this.live();
    });
  }

  /** Random kills of the fault plan. */
  private scheduleKill(): void {
    const at_ms = this.laboratory.nextKill_ms(this.clock.now_ms());
    if (at_ms === undefined) return;
    this.clock.schedule(at_ms, () => {
      if (!this.isFinished()) this.kill();
      this.scheduleKill();
    });
  }
}

/** What was being handled when the daemon was killed is never answered, neither well nor badly. */
function mortalBus(bus: SimulatedBus, onSaid: (message: OutgoingText) => void): SimulatedBus {
  return {
    ...bus,
    publish: (message) => {
      onSaid(message);
      return bus.publish(message);
    },
    start: (handlers) =>
      bus.start({
        ...handlers,
        onConnecting: () => {
          const words = handlers.onConnecting?.() ?? [];
          for (const word of words) onSaid(word);
          return words;
        },
        onMessage: (message) =>
          handlers.onMessage(message).catch((error: unknown) => {
            if (error instanceof Killed) return new Promise<void>(() => {});
            throw error;
          }),
      }),
  };
}
