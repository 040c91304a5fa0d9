import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { WaitingBatch } from "../../../src/domain/campaign-status.ts";
import { isOpen } from "../../../src/domain/opening-hours.ts";
import type { LabCommand } from "../../../src/events/lab-command.ts";
import type { LabFact } from "../../../src/events/lab-fact.ts";
import type { StopFact } from "../../../src/runtime/emergency.ts";

type Start = Extract<LabCommand, { readonly type: "startJob" }>;
type Command = Extract<LabFact, { readonly type: "operator.command" }>;

/** A clear that is older counts for nothing (README, docs/consent.md). */
const FRESH_ms = 60_000;

/** What people were shown and what they said, kept apart from the program that is judged by it. */
export class ConsentBooks {
  private readonly spec: CampaignSpec;
  /** Points by the batch that showed them to people. */
  private readonly shown = new Map<number, ReadonlySet<string>>();
  private latest = 0;
  /** Point -> until when it may begin. */
  private readonly approved = new Map<string, number>();
  /** Attempts that were sent: a resend of one is no new start. */
  private readonly sent = new Set<string>();
  private readonly begun = new Set<string>();
  private readonly words = new Set<string>();
  private stop_ms: number | undefined;
  private max_K: number;
  private wider: { readonly n: number; readonly max_K: number; readonly by: string } | undefined;
  private widenings = 0;

  constructor(spec: CampaignSpec) {
    this.spec = spec;
    this.max_K = spec.limits["T_K"]?.max ?? 0;
  }

  show({ batch, candidateIds }: WaitingBatch): void {
    this.shown.set(batch, new Set(candidateIds));
    this.latest = batch;
  }

  shownOf(batch: number): ReadonlySet<string> {
    return this.shown.get(batch) ?? new Set();
  }

  /** What a command means if it is accepted; the returned function books it and says whether it let points go. */
  before(fact: Command, now_ms: number): () => boolean {
    const { action } = fact;
    if (action === "approve") {
      const points = this.coveredBy(fact, now_ms);
      return () => this.bookApproval(fact, points, now_ms);
    }
    if (action === "extend") return () => this.bookChange(fact);
    return () => {
      if (action === "reject" && fact.change === this.wider?.n && fact.change !== undefined)
        this.wider = undefined;
      return false;
    };
  }

  private coveredBy({ batch = this.latest, candidateIds }: Command, now_ms: number): string[] {
    const hours = this.spec.hours?.approvals;
    if (hours !== undefined && !isOpen(hours, now_ms + 10, "UTC")) return [];
    const points = [...this.shownOf(batch)];
    return candidateIds === undefined ? points : points.filter((id) => candidateIds.includes(id));
  }

  private bookApproval(fact: Command, points: readonly string[], now_ms: number): boolean {
    if (fact.change !== undefined) {
      const { wider } = this;
      if (wider !== undefined && wider.n === fact.change && wider.by !== fact.by)
        this.max_K = wider.max_K;
      this.wider = undefined;
      return false;
    }
    const expires_s = this.spec.approvalExpires_s;
    const until_ms = expires_s === undefined ? Infinity : now_ms + 20 + expires_s * 1000;
    for (const id of points) this.approved.set(id, until_ms);
    return points.length > 0;
  }

  private bookChange({ changes, by }: Command): boolean {
    const max = changes?.limits?.["T_K"]?.max;
    if (max === undefined || max === this.max_K) return false;
    if (max < this.max_K) this.max_K = max;
    else this.wider = { n: ++this.widenings, max_K: max, by };
    return false;
  }

  /** Returns whether a clear may count. */
  hearStop(
    fact: StopFact,
    about: { readonly retained: boolean; readonly now_ms: number },
  ): boolean {
    const { source, id } = fact.message;
    const isNew = !this.words.has(`${source}/${id}`);
    this.words.add(`${source}/${id}`);
    if (fact.active) {
      this.stop_ms = about.now_ms;
      return false;
    }
    const isFresh = Math.abs(about.now_ms - (fact.sent_ms ?? 0)) <= FRESH_ms;
    const counts = isNew && isFresh && !about.retained && source.startsWith("operator/");
    if (counts) this.stop_ms = undefined;
    return counts;
  }

  /** Why this must not have been started. */
  judge(start: Start, candidateId: string, now_ms: number): string | undefined {
    const { jobId, attempt, parameters } = start;
    if (this.stop_ms !== undefined) return `${jobId} was started during a stop`;
    const until_ms = this.approved.get(candidateId);
    if (until_ms === undefined) return `${jobId} (${candidateId}) was started, approved by nobody`;
    if (!this.begun.has(jobId) && now_ms > until_ms) return `${jobId}: its approval had expired`;
    this.begun.add(jobId);
    const attemptId = `${jobId}#${attempt}`;
    const isResend = this.sent.has(attemptId);
    this.sent.add(attemptId);
    const value = parameters["T_K"];
    if (!isResend && !(typeof value === "number" && value <= this.max_K))
      return `${jobId} was started at ${value} K, the limit is ${this.max_K} K`;
    return undefined;
  }
}
