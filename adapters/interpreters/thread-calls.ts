import type { Worker } from "node:worker_threads";

/** Questions to a thread of its own, one after the other, so that a long one never delays a message. */
export interface ThreadCalls<Request> {
  /** Rejects with what went wrong in the thread, or with what ended it. */
  ask(request: Request): Promise<unknown>;
  stop(): Promise<void>;
}

/** What a thread gets, and what it answers: `{call, value}` or `{call, error}`. */
interface ThreadQuestion<Request> {
  readonly call: number;
  readonly request: Request;
}
type ThreadAnswer = { readonly call: number } & (
  | { readonly value: unknown }
  | { readonly error: string }
);

const STOPPED = "the daemon stops";

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The thread is started by the first question; one that dies, or does not answer within `deadline_ms` from when it began, is ended and
 * replaced at the next.
 */
export function createThreadCalls<Request>(
  startWorker: () => Worker,
  about: { readonly who: string; readonly deadline_ms: number },
): ThreadCalls<Request> {
  const calls = new Map<number, Call>();
  let worker: Worker | undefined;
  let total = 0;
  let isStopped = false;
  const failAll = (why: string): void => {
    const old = worker;
    worker = undefined;
    void old?.terminate();
    for (const { reject, timer } of calls.values()) {
      clearTimeout(timer);
      reject(new Error(why));
    }
    calls.clear();
  };
  const begin = (): Worker => {
    const fresh = startWorker();
    fresh.unref();
    fresh.on("message", (answer: ThreadAnswer) => {
      const call = calls.get(answer.call);
      if (call === undefined) return;
      calls.delete(answer.call);
      clearTimeout(call.timer);
      if ("error" in answer) call.reject(new Error(answer.error));
      else call.resolve(answer.value);
    });
    // The word of a thread that was replaced is about its own questions, which have failed already.
    fresh.on("error", (error) => {
      if (worker === fresh) failAll(`${about.who} failed: ${error.message}`);
    });
    return fresh;
  };
  const send = (request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isStopped) return reject(new Error(STOPPED));
      worker ??= begin();
      const call = ++total;
      const late = `${about.who} gave no answer in ${about.deadline_ms / 1000} s`;
      const timer = setTimeout(() => failAll(late), about.deadline_ms);
      calls.set(call, { resolve, reject, timer });
      worker.postMessage({ call, request } satisfies ThreadQuestion<Request>);
    });
  let before: Promise<unknown> = Promise.resolve();
  return {
    ask: (request) => {
      const answer = before.then(() => send(request));
      before = answer.catch(() => {});
      return answer;
    },
    stop: async () => {
      const old = worker;
      isStopped = true;
      failAll(STOPPED);
      await old?.terminate();
    },
  };
}
