import type { Worker } from "node:worker_threads";
import type { Logger } from "../../src/core/logger.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import type { CampaignResult, VersionedProposal } from "../../src/domain/proposal.ts";
import type { PlannerPort } from "../../src/events/planner-port.ts";
import { readPlannerView } from "../../src/views/read-planner-view.ts";
import { startThread } from "../system/start-thread.ts";
import type { PlannerAnswer, PlannerMessage } from "./protocol.ts";

export interface PlannerWorkerOptions {
  readonly logger: Logger;
  /** A planner that takes longer than this for one question is ended and started afresh, ms. */
  readonly deadline_ms?: number | undefined;
  /** For tests: another thread. */
  readonly startWorker?: (() => Worker) | undefined;
}

const DEADLINE_ms = 120_000;

interface Campaign {
  spec: CampaignSpec;
  results: CampaignResult[];
}

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Planners in a thread of their own, so that a long calculation never delays a message. What they have learnt is kept
 * here too: a thread that dies or hangs is replaced, taught again, and the question that killed it fails.
 */
export function createPlannerWorker(options: PlannerWorkerOptions): PlannerPort {
  return new PlannerWorker(options);
}

class PlannerWorker implements PlannerPort {
  private readonly options: PlannerWorkerOptions;
  private readonly campaigns = new Map<string, Campaign>();
  /** Questions in the order in which the thread answers them. */
  private readonly calls = new Map<number, Call>();
  /** Ends the wait for the first of them: those behind it have not begun, and lose nothing by its slowness. */
  private deadline: NodeJS.Timeout | undefined;
  private worker: Worker | undefined;
  /** Campaigns that the thread has been taught: the others wait until somebody asks about them. */
  private readonly taught = new Set<string>();
  private calls_total = 0;
  private stopped = false;

  constructor(options: PlannerWorkerOptions) {
    this.options = options;
  }

  define(spec: CampaignSpec): void {
    this.campaigns.set(spec.campaignId, { spec, results: [] });
    this.tell({ kind: "define", spec });
  }

  learn(campaignId: string, results: readonly CampaignResult[]): void {
    this.campaigns.get(campaignId)?.results.push(...results);
    this.tell({ kind: "learn", campaignId, results });
  }

  forget(campaignId: string, positions: readonly number[]): void {
    const campaign = this.campaigns.get(campaignId);
    if (campaign !== undefined) {
      campaign.results = campaign.results.filter((result) => !positions.includes(result.position));
    }
    this.tell({ kind: "forget", campaignId, positions });
  }

  propose(
    campaignId: string,
    request: Parameters<PlannerPort["propose"]>[1],
  ): Promise<VersionedProposal> {
    return this.ask((call) => ({
      kind: "propose",
      campaignId,
      request,
      call,
    })) as Promise<VersionedProposal>;
  }

  async view(campaignId: string): Promise<PlannerView> {
    return readPlannerView(await this.ask((call) => ({ kind: "view", campaignId, call })));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.failAll("the daemon stops");
    await this.worker?.terminate();
  }

  private tell(message: PlannerMessage): void {
    const isQuestion = message.kind === "propose" || message.kind === "view";
    if (this.worker === undefined && !isQuestion) return;
    const worker = this.worker ?? this.begin();
    const campaignId = message.kind === "define" ? message.spec.campaignId : message.campaignId;
    const isTaught = this.taught.has(campaignId);
    // The first question about a campaign teaches it everything, and a later word of it goes on from there.
    if (!isTaught && !isQuestion) return;
    if (!isTaught) this.teach(worker, campaignId);
    worker.postMessage(message);
  }

  private teach(worker: Worker, campaignId: string): void {
    const campaign = this.campaigns.get(campaignId);
    this.taught.add(campaignId);
    if (campaign === undefined) return;
    const { spec, results } = campaign;
    worker.postMessage({ kind: "define", spec } satisfies PlannerMessage);
    worker.postMessage({ kind: "learn", campaignId, results } satisfies PlannerMessage);
  }

  private ask(message: (call: number) => PlannerMessage): Promise<unknown> {
    if (this.stopped) return Promise.reject(new Error("the daemon stops"));
    const call = ++this.calls_total;
    return new Promise((resolve, reject) => {
      this.calls.set(call, { resolve, reject });
      if (this.calls.size === 1) this.awaitFirst();
      this.tell(message(call));
    });
  }

  private awaitFirst(): void {
    clearTimeout(this.deadline);
    if (this.calls.size === 0) return;
    const deadline_ms = this.options.deadline_ms ?? DEADLINE_ms;
    this.deadline = setTimeout(() => {
      this.options.logger.error({ deadline_ms }, "planner.tooSlow");
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
    void old?.terminate();
    this.failAll(why);
  }

  private failAll(why: string): void {
    clearTimeout(this.deadline);
    for (const call of this.calls.values()) call.reject(new Error(why));
    this.calls.clear();
  }
}
