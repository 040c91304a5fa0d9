/** Of the longest wait for an answer, how late it may be noticed that it is over. */
const TICKS_in_wait = 10;
const TICK_ms = { min: 50, max: 1000 };

export interface AnswerWatch {
  /** Notes a question from now until its promise is settled. */
  over<T>(answer: Promise<T>): Promise<T>;
  stop(): void;
}

/**
 * Gives a connection up whose oldest question has had no answer for `wait_ms`; a server answers in order. One clock for all questions: a timer each
 * (`query_timeout` of pg) cost an append some 20 µs, a tenth of what it computes. A process that was frozen reads first what has come meanwhile.
 */
export function watchAnswers(wait_ms: number, giveUp: (why: Error) => void): AnswerWatch {
  const waiting: number[] = [];
  const isOverdue = (): boolean =>
    waiting[0] !== undefined && performance.now() - waiting[0] > wait_ms;
  const tick_ms = Math.min(TICK_ms.max, Math.max(TICK_ms.min, wait_ms / TICKS_in_wait));
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  /** The clock runs on for a tick behind the last question, so that a question after the other starts none. */
  const rest = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const look = (): void => {
    if (waiting.length === 0) rest();
    else if (isOverdue())
      setImmediate(() => {
        if (isOverdue() && !isStopped) giveUp(new Error(`no answer within ${wait_ms / 1000} s`));
      });
  };
  const settled = (): void => {
    waiting.shift();
  };
  return {
    over: (answer) => {
      waiting.push(performance.now());
      if (!isStopped) timer ??= setInterval(look, tick_ms).unref();
      answer.then(settled, settled);
      return answer;
    },
    stop: () => {
      isStopped = true;
      rest();
    },
  };
}
