import { createHash } from "node:crypto";
import { createWireCodec } from "../../adapters/mqtt/wire-codec.ts";
import { createInThreadPlanner } from "../../adapters/planner-worker/in-thread-planner.ts";
import { createMemoryEventLog } from "../../adapters/storage/memory-event-log.ts";
import type { Violation, VirtualLaboratory } from "../../simulators/index.ts";
import { silentLogger } from "../core/logger.ts";
import { VERSION } from "../core/version.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import type { Limits } from "../domain/candidate.ts";
import type { LabEvent } from "../events/lab-event.ts";
import { createRuntime, type Runtime } from "../runtime/event-loop.ts";
import { FINAL_STATES } from "../runtime/lab-status.ts";
import type { KillPoint, RuntimePorts } from "../runtime/ports.ts";

export interface SimulationOptions {
  readonly laboratory: VirtualLaboratory;
  readonly site: string;
  readonly campaigns: readonly CampaignSpec[];
  readonly instrumentLimits?: Readonly<Record<string, Limits>> | undefined;
  /** Laboratory hours after which the run is given up. */
  readonly hours_max: number;
  /** Kills the daemon at this passage of a named point, counted over all its lives; it starts again at once. */
  readonly killWhen?: ((point: KillPoint, passage: number) => boolean) | undefined;
}

export interface SimulationReport {
  /** Every campaign came to its end within the time. */
  readonly finished: boolean;
  readonly hours: number;
  readonly kills: number;
  /** Everything that the daemon logged, over all its lives. */
  readonly events: readonly LabEvent[];
  readonly campaigns: Readonly<
    Record<string, { readonly state: string; readonly observations: number }>
  >;
  /** What the laboratory taught, in order: the same for the same seed, whatever was killed. */
  readonly digest: string;
  readonly violations: readonly Violation[];
}

/**
 * Runs the daemon's own runtime in virtual time until every campaign is over: its log, its machines, its codec and its
 * planners are the real ones; only the network, the clock and the laboratory are simulated. A killed daemon is a new
 * runtime on the same log.
 */
export async function runSimulation(options: SimulationOptions): Promise<SimulationReport> {
  const { laboratory } = options;
  const { clock } = laboratory;
  const events: LabEvent[] = [];
  const start_ms = clock.now_ms();
  const lives = new DaemonLives(options, events);
  await lives.begin();
  const isOver = (): boolean => lives.isFinished() || lives.wantsToDie();
  const end_ms = start_ms + options.hours_max * 3_600_000;
  for (;;) {
    const kill_ms = laboratory.nextKill_ms(clock.now_ms()) ?? Number.POSITIVE_INFINITY;
    const why = await clock.run({ until: isOver, time_max_ms: Math.min(kill_ms, end_ms) });
    if (lives.isFinished() || why === "empty" || clock.now_ms() >= end_ms) break;
    await lives.killAndBegin();
  }
  const finished = lives.isFinished();
  const hours = (clock.now_ms() - start_ms) / 3_600_000;
  // The last results are still being acknowledged.
  if (finished) await clock.run({ time_max_ms: clock.now_ms() + ACKNOWLEDGED_WITHIN_MS });
  const runtime = lives.runtime;
  await runtime.stop();
  laboratory.stop();
  return {
    finished,
    hours,
    kills: lives.kills,
    events,
    campaigns: describeCampaigns(runtime),
    digest: digestOf(runtime),
    violations: laboratory.check({
      finished,
      budgets: Object.fromEntries(options.campaigns.map((c) => [c.campaignId, c.budget])),
      limits: Object.fromEntries(options.campaigns.map((c) => [c.campaignId, c.limits])),
    }),
  };
}

const ACKNOWLEDGED_WITHIN_MS = 3_600_000;

/** One daemon after another on the same log and the same broker session. */
class DaemonLives {
  readonly #options: SimulationOptions;
  readonly #events: LabEvent[];
  #life: { readonly runtime: Runtime; readonly die: () => void } | undefined;
  #passages = 0;
  #doomed = false;
  kills = 0;

  constructor(options: SimulationOptions, events: LabEvent[]) {
    this.#options = options;
    this.#events = events;
  }

  get runtime(): Runtime {
    if (this.#life === undefined) throw new Error("Bug: no daemon has been started.");
    return this.#life.runtime;
  }

  wantsToDie(): boolean {
    return this.#doomed;
  }

  isFinished(): boolean {
    const campaigns = [...this.runtime.lab.machines.campaign.values()];
    return (
      campaigns.length === this.#options.campaigns.length &&
      campaigns.every((one) => FINAL_STATES.has(one.states[0] ?? ""))
    );
  }

  async killAndBegin(): Promise<void> {
    this.#life?.die();
    this.#doomed = false;
    this.kills += 1;
    await this.begin();
  }

  async begin(): Promise<void> {
    const { laboratory, site, campaigns, instrumentLimits = {} } = this.#options;
    const bus = laboratory.connectDaemon();
    const alive = { yes: true };
    const die = (): void => {
      if (!alive.yes) return;
      alive.yes = false;
      bus.kill();
    };
    const ports: RuntimePorts = {
      log: createMemoryEventLog(this.#events),
      bus,
      codec: createWireCodec({ site }),
      planner: createInThreadPlanner(),
      clock: laboratory.clock,
      timers: laboratory.clock,
      logger: silentLogger,
      at: (point) => {
        if (!alive.yes || this.#options.killWhen?.(point, ++this.#passages) !== true) return;
        this.#doomed = true;
        die();
      },
    };
    const identity = { site, agentId: "tieline", version: VERSION, instrumentLimits };
    const runtime = createRuntime(mortal(ports, alive), identity);
    this.#life = { runtime, die };
    void runtime.start().then(() => define(runtime, campaigns), ignoreAfterDeath);
  }
}

/** Nothing reaches the world from a process that is gone, and nothing comes back to it: its promises never settle. */
function mortal(ports: RuntimePorts, alive: { readonly yes: boolean }): RuntimePorts {
  const guard = <T>(work: () => Promise<T>): Promise<T> =>
    alive.yes
      ? work().then((value) => (alive.yes ? value : new Promise<T>(() => {})))
      : new Promise<T>(() => {});
  const { log, planner, timers } = ports;
  return {
    ...ports,
    log: {
      ...log,
      get lastPosition() {
        return log.lastPosition;
      },
      append: (drafts) => guard(() => log.append(drafts)),
    },
    planner: { ...planner, propose: (id, request) => guard(() => planner.propose(id, request)) },
    timers: {
      schedule: (at_ms, callback) =>
        timers.schedule(at_ms, () => {
          if (alive.yes) callback();
        }),
    },
  };
}

function ignoreAfterDeath(): void {}

/** What the composition root does for a configuration with `autoStart`. */
async function define(runtime: Runtime, campaigns: readonly CampaignSpec[]): Promise<void> {
  for (const spec of campaigns) {
    const { campaignId } = spec;
    if (!runtime.lab.specs.has(campaignId))
      await runtime.submit({ type: "campaign.defined", spec });
    if (runtime.lab.replies.has(`${campaignId}.autoStart`)) continue;
    await runtime.submit({
      type: "operator.command",
      campaignId,
      action: "start",
      commandId: `${campaignId}.autoStart`,
      by: "configuration",
      message: { source: "agent/tieline", id: `${campaignId}.autoStart` },
    });
  }
}

function describeCampaigns(runtime: Runtime): SimulationReport["campaigns"] {
  return Object.fromEntries(
    [...runtime.lab.machines.campaign].map(([id, campaign]) => [
      id,
      {
        state: campaign.states[0] ?? "",
        observations: (runtime.lab.results.get(id) ?? []).length,
      },
    ]),
  );
}

function digestOf(runtime: Runtime): string {
  const taught = [...runtime.lab.results].map(([id, results]) => [
    id,
    results.map(({ candidateId, parameters, actual, observations }) => ({
      candidateId,
      parameters,
      actual,
      observations,
    })),
  ]);
  return createHash("sha256").update(JSON.stringify(taught)).digest("hex");
}
