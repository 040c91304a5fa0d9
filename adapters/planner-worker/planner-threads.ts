import { availableParallelism } from "node:os";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import type { CampaignResult, VersionedProposal } from "../../src/domain/proposal.ts";
import type { PlannerPort } from "../../src/events/planner-port.ts";
import { readPlannerView } from "../../src/views/read-planner-view.ts";
import { type Lesson, PlannerThread, type PlannerThreadOptions } from "./planner-thread.ts";
import type { PlannerQuestion } from "./protocol.ts";

export interface PlannerThreadsOptions extends PlannerThreadOptions {
  /** Threads at most; absent: as many as the machine runs at a time, and at least two. */
  readonly threads_max?: number | undefined;
}

/** One model that takes minutes must not be all that a small machine can calculate. */
const THREADS_LEAST = 2;

/** A question without its number. */
type Unnumbered<Question> = Question extends unknown ? Omit<Question, "call"> : never;

/**
 * Planners in threads of their own, so that a long calculation delays no message, and a campaign's no other campaign's: each
 * campaign that is asked about has a thread, and shares the least busy one where there are too many. What they have been
 * told is kept here, so that a thread can be replaced.
 */
export function createPlannerThreads(options: PlannerThreadsOptions): PlannerPort {
  return new PlannerThreads(options);
}

class PlannerThreads implements PlannerPort {
  private readonly options: PlannerThreadsOptions;
  private readonly lessons = new Map<string, Lesson>();
  private readonly threads: PlannerThread[] = [];
  private readonly threadOf = new Map<string, PlannerThread>();
  private calls_total = 0;
  private stopped = false;

  constructor(options: PlannerThreadsOptions) {
    this.options = options;
  }

  define(spec: CampaignSpec): void {
    const { campaignId } = spec;
    this.lessons.set(campaignId, { spec, results: [] });
    this.threadOf.get(campaignId)?.tell(campaignId, { kind: "define", spec });
  }

  learn(campaignId: string, results: readonly CampaignResult[]): void {
    this.lessons.get(campaignId)?.results.push(...results);
    this.threadOf.get(campaignId)?.tell(campaignId, { kind: "learn", campaignId, results });
  }

  forget(campaignId: string, positions: readonly number[]): void {
    const lesson = this.lessons.get(campaignId);
    if (lesson !== undefined)
      lesson.results = lesson.results.filter((result) => !positions.includes(result.position));
    this.threadOf.get(campaignId)?.tell(campaignId, { kind: "forget", campaignId, positions });
  }

  async propose(
    campaignId: string,
    request: Parameters<PlannerPort["propose"]>[1],
  ): Promise<VersionedProposal> {
    return (await this.ask({ kind: "propose", campaignId, request })) as VersionedProposal;
  }

  async view(campaignId: string): Promise<PlannerView> {
    return readPlannerView(await this.ask({ kind: "view", campaignId }));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.threads.map((thread) => thread.stop("the daemon stops")));
  }

  private ask(question: Unnumbered<PlannerQuestion>): Promise<unknown> {
    if (this.stopped) return Promise.reject(new Error("the daemon stops"));
    const call = ++this.calls_total;
    return this.threadFor(question.campaignId).ask({ ...question, call });
  }

  private threadFor(campaignId: string): PlannerThread {
    const thread = this.threadOf.get(campaignId) ?? this.freeThread();
    this.threadOf.set(campaignId, thread);
    return thread;
  }

  private freeThread(): PlannerThread {
    const most = this.options.threads_max ?? Math.max(THREADS_LEAST, availableParallelism());
    if (this.threads.length < most) {
      const thread = new PlannerThread(this.options, this.lessons);
      this.threads.push(thread);
      return thread;
    }
    const campaigns = (thread: PlannerThread): number =>
      [...this.threadOf.values()].filter((one) => one === thread).length;
    const [least] = this.threads.toSorted(
      (a, b) => a.waiting - b.waiting || campaigns(a) - campaigns(b),
    );
    return least as PlannerThread;
  }
}
