import type { Prng } from "../../../src/core/prng.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { LabCommand } from "../../../src/events/lab-command.ts";
import type { LabFact } from "../../../src/events/lab-fact.ts";
import { applyEvent } from "../../../src/runtime/apply-event.ts";
import { BEHAVIOUR } from "../../../src/runtime/behaviour.ts";
import { createHeardClears, judgeStop, type StopFact } from "../../../src/runtime/emergency.ts";
import { judge } from "../../../src/runtime/incoming.ts";
import { createLab } from "../../../src/runtime/lab.ts";
import { summariseCampaign } from "../../../src/runtime/lab-status.ts";
import { ConsentBooks } from "./consent-books.ts";

type Start = Extract<LabCommand, { readonly type: "startJob" }>;
type Command = Extract<LabFact, { readonly type: "operator.command" }>;

const HOUR_ms = 3_600_000;
const PEOPLE = ["ada", "bob"];
const HOURS = "06-20";

/** One laboratory of two furnaces, with people, strangers and clocks that do what they like, one act at a time. */
export class ConsentWorld {
  readonly tally = { starts: 0, stops: 0, approvals: 0, clears: 0 };
  readonly breaches: string[] = [];
  private readonly prng: Prng;
  private readonly lab = createLab();
  private readonly books: ConsentBooks;
  private readonly spec: CampaignSpec;
  private readonly running: Start[] = [];
  private readonly stopWords: StopFact[] = [];
  private readonly isHeardClear = createHeardClears();
  private readonly requests: Extract<LabCommand, { type: "requestProposal" }>[] = [];
  private time_ms = 1_700_000_000_000;
  private position = 0;
  private said = 0;

  constructor(prng: Prng) {
    this.prng = prng;
    this.spec = specOf(prng);
    this.books = new ConsentBooks(this.spec);
    this.restart();
    this.tell({ type: "campaign.defined", spec: this.spec });
    for (const id of ["furnace-1", "furnace-2"]) this.bear(id);
    this.order("start", {});
  }

  /** Something that somebody does, or that happens. */
  act(): void {
    const acts: readonly (readonly [number, () => void])[] = [
      [0.22, () => this.propose()],
      [0.2, () => this.approve()],
      [0.04, () => this.order("reject", { batch: this.shownBatch() })],
      [0.02, () => this.sayStop(true)],
      [0.16, () => this.sayStop(false)],
      [0.05, () => this.extend()],
      [0.02, () => this.order("pause", {})],
      [0.12, () => this.order("resume", {})],
      [0.25, () => this.report()],
      [0.05, () => this.fireTimer()],
      [0.01, () => this.restart()],
      [0.03, () => this.stepClock()],
      [0.01, () => this.bear(this.chance(0.5) ? "furnace-1" : "furnace-2")],
    ];
    let left = this.prng.next() * acts.reduce((sum, [share]) => sum + share, 0);
    for (const [share, act] of acts) {
      left -= share;
      if (left >= 0) continue;
      act();
      return;
    }
  }

  private propose(): void {
    const request = this.requests.pop();
    this.requests.length = 0;
    if (request === undefined) {
      this.tick(60_000);
      return;
    }
    const points = Array.from({ length: request.request.count }, (_, k) => ({
      candidateId: `p${this.position}.${k}`,
      parameters: { T_K: 300 + this.prng.next() * 900 },
      ...{ score: 1, why: "proof" },
    }));
    const model = { observations: 0, method: "proof", hyperparameters: {}, summary: {} };
    const verdict = { kind: "continue" } as const;
    const proposal = { points, verdict, model, warnings: [], plannerVersion: 1 };
    const { requestId } = request;
    this.tell({ type: "planner.proposed", campaignId: "c1", requestId, proposal });
  }

  /** Of the batch that is shown, of an old or a future one, of all that waits, of some points, of another campaign. */
  private approve(): void {
    const shown = this.shownBatch();
    const kind = this.prng.next();
    const batch = kind < 0.4 ? shown : kind < 0.6 ? shown - 1 : kind < 0.7 ? shown + 1 : undefined;
    const ids = [...this.books.shownOf(shown)];
    const named = this.chance(0.3) ? ids.slice(0, 1) : this.chance(0.05) ? ["p0.0"] : undefined;
    const campaignId = this.chance(0.05) ? "c-1" : "c1";
    const change = this.chance(0.15) ? Math.ceil(this.prng.next() * 5) : undefined;
    this.order("approve", { campaignId, batch, candidateIds: named, change });
  }

  private extend(): void {
    const max = 500 + this.prng.next() * 900;
    const limits = this.chance(0.6) ? { T_K: { min: 293, max } } : undefined;
    const more = this.chance(0.1) ? { budget: this.spec.budget } : {};
    this.order("extend", { changes: { ...(limits === undefined ? {} : { limits }), ...more } });
  }

  private order(action: Command["action"], more: Partial<Command>): void {
    const by = PEOPLE[this.chance(0.5) ? 0 : 1] ?? "ada";
    const commandId = this.chance(0.03) ? `o${this.said}` : `o${++this.said}`;
    const message = { source: `operator/${by}`, id: commandId };
    const fact: Command = {
      ...{ type: "operator.command", campaignId: "c1", action, commandId, by, message },
      ...more,
    };
    if (judge(this.lab, fact, new Map()).kind !== "log") return;
    const noted = this.books.before(fact, this.time_ms);
    this.tell(fact, () => {
      const reply = this.lab.replies.get(commandId);
      if (reply?.accepted === true) this.tally.approvals += noted() ? 1 : 0;
    });
  }

  private sayStop(active: boolean): void {
    const source = this.chance(0.6)
      ? "operator/ada"
      : this.chance(0.5)
        ? "instrument/furnace-1"
        : "stranger/x";
    const again = active || this.chance(0.8) ? undefined : this.stopWords.at(-1);
    const age_ms = this.chance(0.6) ? 0 : this.prng.next() * 2 * HOUR_ms;
    const fact: StopFact = again ?? {
      type: "safety.emergencyStop",
      ...{ active, by: source, reason: "proof", sent_ms: this.time_ms - age_ms },
      message: { source, id: `w${++this.said}` },
    };
    this.stopWords.push(fact);
    const retained = !active && this.chance(0.2);
    const context = { lab: this.lab, waiting: [], agentId: "a", now_ms: this.time_ms };
    const heardBefore = this.isHeardClear(fact);
    const { kind } = judgeStop(fact, { ...context, retained, heardBefore });
    const counts = this.books.hearStop(fact, { retained, now_ms: this.time_ms });
    if (!active && kind === "clear" && !counts)
      this.breaches.push(`a clear counted that must not: ${JSON.stringify(fact)}`);
    if (active) this.tally.stops += 1;
    if (kind === "clear") this.tally.clears += 1;
    if (kind === "stop" || kind === "clear") this.tell(fact);
  }

  /** The furnace that was asked, or another one that was not, says something of a job. */
  private report(): void {
    const k = Math.floor(this.prng.next() * this.running.length);
    const job = this.running[k];
    if (job === undefined) {
      this.tick(60_000);
      return;
    }
    const { jobId, attempt } = job;
    const instrumentId = this.chance(0.05) ? "furnace-2" : job.instrumentId;
    const message = { source: `instrument/${instrumentId}`, id: `r${++this.said}` };
    const about = { instrumentId, jobId, attempt, message };
    const kind = this.prng.next();
    const observations = [{ kind: "objective" as const, name: "y", value: 1, unit: "1" }];
    const fact: LabFact =
      kind < 0.3
        ? { type: "job.accepted", ...about }
        : kind < 0.8
          ? { type: "job.result", ...about, observations, simulated: true }
          : kind < 0.9
            ? { type: "job.unknown", instrumentId, jobId, message }
            : { type: "job.failed", ...about, reason: "broken", retryable: true };
    if (judge(this.lab, fact, new Map()).kind === "log") this.tell(fact);
    if (kind >= 0.3) this.running.splice(k, 1);
  }

  private fireTimer(): void {
    const timers = [...this.lab.timers];
    const [timerId = "", timer] = timers[Math.floor(this.prng.next() * timers.length)] ?? [];
    if (timer === undefined) return;
    if (this.time_ms < timer.at_ms) this.time_ms = timer.at_ms;
    this.tell({ type: "timer.fired", timerId });
  }

  private restart(): void {
    const epoch = this.lab.epoch + 1;
    const about = { agentId: "a", epoch, version: "0", behaviour: BEHAVIOUR, instrumentLimits: {} };
    this.tell({ type: "daemon.started", ...about, timeZone: "UTC" });
    if (epoch > 1) for (const id of ["furnace-1", "furnace-2"]) this.bear(id);
  }

  private stepClock(): void {
    this.time_ms += (this.prng.next() - 0.5) * 24 * HOUR_ms;
  }

  private bear(instrumentId: string): void {
    const message = { source: `instrument/${instrumentId}`, id: `b${++this.said}` };
    const parameters = { T_K: { unit: "K", min: 0, max: 3000 } };
    const capability = {
      ...{ name: "bake", parameters, results: ["objective"] },
      ...{ repeatable: true, expectedDuration_s: 1 },
    };
    const bootId = `b${this.said}`;
    const about = { bootId, kind: "furnace", capabilities: [capability], simulated: true };
    this.tell({ type: "instrument.birth", instrumentId, message, ...about });
    const state = { operation: "idle", control: "automatic", safety: "ok" } as const;
    const again = { source: message.source, id: `s${++this.said}` };
    this.tell({ type: "instrument.state", instrumentId, bootId, seq: 1, ...state, message: again });
  }

  private tick(by_ms: number): void {
    this.time_ms += by_ms;
  }

  private chance(share: number): boolean {
    return this.prng.next() < share;
  }

  private shownBatch(): number {
    return this.lab.machines.campaign.get("c1")?.context.batches ?? 0;
  }

  /** `applied` is called between the machines' word and the judging of what they have started. */
  private tell(fact: LabFact, applied: () => void = () => {}): void {
    this.tick(10);
    const event = { position: ++this.position, time_ms: this.time_ms, fact };
    const commands = applyEvent(this.lab, event);
    applied();
    for (const command of commands) {
      if (command.type === "requestProposal") this.requests.push(command);
      if (command.type !== "startJob") continue;
      this.tally.starts += 1;
      const candidateId = candidateOf(this.lab, command.jobId);
      const breach = this.books.judge(command, candidateId, this.time_ms);
      if (breach !== undefined) this.breaches.push(`${breach} after ${JSON.stringify(fact)}`);
      this.running.push(command);
    }
    const { waiting } = summariseCampaign(this.lab, "c1") ?? {};
    if (waiting !== undefined) this.books.show(waiting);
  }
}

function candidateOf(lab: ReturnType<typeof createLab>, jobId: string): string {
  const job = lab.machines.job.get(jobId);
  const experiment = lab.machines.experiment.get(job?.context.experimentId ?? "");
  return experiment?.context.candidateId ?? "";
}

function specOf(prng: Prng): CampaignSpec {
  const step = {
    ...{ capability: "bake", parameters: { T_K: { axis: "T_K" } } },
    ...{ timeLimit_s: 3600, repeatable: true, retries: 2 },
  };
  return {
    ...{ campaignId: "c1", title: "c1", goal: "optimise", seed: "1", approval: "supervised" },
    ...{ budget: 1000, inFlight: 6, waitForWholeBatch: false, failuresInARow_max: 1000 },
    ...(prng.next() < 0.5 ? { approvalExpires_s: 600 } : {}),
    ...(prng.next() < 0.3 ? { hours: { approvals: HOURS } } : {}),
    space: { kind: "box", axes: [{ name: "T_K", min: 293, max: 1400 }] },
    recipe: { steps: [step] },
    limits: { T_K: { min: 293, max: 1100 } },
    model: { objectives: [{ name: "y", direction: "max" }] },
  } as unknown as CampaignSpec;
}
