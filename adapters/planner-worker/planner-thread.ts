import type { Worker } from "node:worker_threads";
import type { Logger } from "../../src/core/logger.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { CampaignResult } from "../../src/domain/proposal.ts";
import { startThread } from "../system/start-thread.ts";
import type { PlannerAnswer, PlannerMessage, PlannerQuestion } from "./protocol.ts";

export interface PlannerThreadOptions {
  readonly logger: Logger;
  /** A planner that takes longer than this for one question is ended and started afresh, ms. */
  readonly deadline_ms?: number | undefined;
  /** For tests: another thread. */
  readonly startWorker?: (() => Worker) | undefined;
}

/** What a campaign's planner has been told. */
export interface Lesson {
  readonly spec: CampaignSpec;
  results: CampaignResult[];
}

const DEADLINE_ms = 120_000;

interface Call {
  readonly question: PlannerQuestion;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One thread of planners. A thread that dies or hangs is replaced and taught again; the question that killed it fails, those
 * that waited behind it are put to the new one.
 */
export class PlannerThread {
  private readonly options: PlannerThreadOptions;
  private readonly lessons: ReadonlyMap<string, Lesson>;
  /** Questions in the order in which the thread answers them. */
  private readonly calls = new Map<number, Call>();
  /** Ends the wait for the first of them: those behind it have not begun, and lose nothing by its slowness. */
  private deadline: NodeJS.Timeout | undefined;
  private worker: Worker | undefined;
  /** Campaigns that the thread has been taught: the others wait until somebody asks about them. */
  private readonly taught = new Set<string>();

  constructor(options: PlannerThreadOptions, lessons: ReadonlyMap<string, Lesson>) {
    this.options = options;
    this.lessons = lessons;
  }

  /** Questions that wait for an answer. */
  get waiting(): number {
    return this.calls.size;
  }

  ask(question: PlannerQuestion): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.calls.set(question.call, { question, resolve, reject });
      if (this.calls.size === 1) this.awaitFirst();
      this.put(question);
    });
  }

  /** A word that nobody answers; a campaign that has not been asked about is taught with its first question. */
  tell(campaignId: string, message: PlannerMessage): void {
    if (this.taught.has(campaignId)) this.worker?.postMessage(message);
  }

  async stop(why: string): Promise<void> {
    clearTimeout(this.deadline);
    for (const { reject } of this.calls.values()) reject(new Error(why));
    this.calls.clear();
    await this.worker?.terminate();
  }

  private put(question: PlannerQuestion): void {
    const worker = this.worker ?? this.begin();
    if (!this.taught.has(question.campaignId)) this.teach(worker, question.campaignId);
    worker.postMessage(question);
  }

  private teach(worker: Worker, campaignId: string): void {
    this.taught.add(campaignId);
    const lesson = this.lessons.get(campaignId);
    if (lesson === undefined) return;
    const { spec, results } = lesson;
    worker.postMessage({ kind: "define", spec } satisfies PlannerMessage);
    worker.postMessage({ kind: "learn", campaignId, results } satisfies PlannerMessage);
  }

  private awaitFirst(): void {
    clearTimeout(this.deadline);
    if (this.calls.size === 0) return;
    const deadline_ms = this.options.deadline_ms ?? DEADLINE_ms;
    this.deadline = setTimeout(() => {
      const [first] = this.calls.values();
      const { campaignId } = first?.question ?? {};
      this.options.logger.error({ campaignId, deadline_ms }, "planner.tooSlow");
      this.replace(`the planner did not answer within ${deadline_ms / 1000} s`);
    }, deadline_ms);
  }

  private begin(): Worker {
    const worker = this.options.startWorker?.() ?? startThread(import.meta.url, "worker");
    worker.on("message", (answer: PlannerAnswer) => this.answered(answer));
    worker.on("error", (error) => {
      if (this.worker === worker) this.replace(`the planner failed: ${error.message}`);
    });
    worker.unref();
    this.worker = worker;
    this.taught.clear();
    return worker;
  }

  private answered(answer: PlannerAnswer): void {
    const call = this.calls.get(answer.call);
    if (call === undefined) return;
    this.calls.delete(answer.call);
    this.awaitFirst();
    if ("error" in answer) call.reject(new Error(answer.error));
    else call.resolve(answer.value);
  }

  private replace(why: string): void {
    const old = this.worker;
    this.worker = undefined;
    this.taught.clear();
    void old?.terminate();
    const [first, ...behind] = this.calls.values();
    if (first === undefined) return;
    this.calls.delete(first.question.call);
    this.awaitFirst();
    first.reject(new Error(why));
    for (const { question } of behind) this.put(question);
  }
}
