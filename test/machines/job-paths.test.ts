import { describe, expect, test } from "vitest";
import { JOB_TIMES } from "../../machines/index.ts";
import { createPrng } from "../../src/core/prng.ts";
import { Driven } from "./explore.ts";
import { JOB_INPUT, jobEvents } from "./job-events.ts";

const ME = { instrumentId: "furnace-1", attempt: 1 };

function dispatched(change: object = {}): Driven<"job"> {
  return new Driven("job", { ...JOB_INPUT, ...change })
    .tell("job.submit", { needsApproval: false })
    .tell("job.reserve", { instrumentId: "furnace-1", bootId: "b1" })
    .tell("job.dispatch");
}

/** Lets every timer ring until none is left: the world says nothing more. */
function silence(job: Driven<"job">, rings_max = 100): Driven<"job"> {
  for (let k = 0; k < rings_max; k++) if (!job.ring()) return job;
  throw new Error(`${job.name} still waits for a timer after ${rings_max} of them`);
}

describe("a job's path", () => {
  test("straight: dispatched, accepted, running, done; the experiment learns of it once", () => {
    const job = dispatched();
    expect(job.commands("startJob")).toMatchObject([
      { commandId: "map.1.s1.a1", attempt: 1, instrumentId: "furnace-1", sampleIds: ["map.1"] },
    ]);
    expect(job.tell("job.accepted", ME).name).toBe("begun.accepted");
    expect(job.tell("job.progress", { ...ME, fraction: 0.1 }).name).toBe("begun.running");
    expect(job.tell("job.result", { ...ME, isFailure: false }).name).toBe("done");
    expect(job.told("job.done")).toHaveLength(1);
    expect(job.told("reservation.release")).toHaveLength(1);
    expect(job.timers.size).toBe(0);
    expect(job.tell("job.result", { ...ME, isFailure: false }).last).toEqual([]);
  });

  describe("a start that was still under way when its instrument had no record of the job", () => {
    const unknown = { instrumentId: "furnace-1", sameMemory: true, mayStart: false };
    const waiting = () => {
      const job = dispatched().tell("job.doubt").tell("job.unknown", unknown);
      expect(job.name).toBe("queued");
      return job;
    };

    test("is refused: the next start is another command, and further refusals of the old one end nothing", () => {
      const refused = { ...ME, reason: "older epoch", retryable: false, afterAll: true };
      const job = waiting().tell("job.rejected", refused).tell("job.rejected", refused);
      expect(job.name).toBe("queued");
      job.tell("job.reserve", { instrumentId: "furnace-2", bootId: "b1" }).tell("job.dispatch");
      expect(job.commands("startJob")).toMatchObject([{ commandId: "map.1.s1.a2", attempt: 2 }]);
      expect(job.tell("job.rejected", refused).name).toBe("dispatched");
    });

    test("begins all the same: the job is on that instrument and is asked for, not sent again", () => {
      const job = waiting().tell("job.accepted", { ...ME, afterAll: true });
      expect(job.name).toBe("unknown");
      expect(job.told("reservation.request")).toHaveLength(1);
      expect(job.commands("startJob")).toEqual([]);
      expect(job.tell("job.unknown", unknown).name).toBe("deadLetter");
    });

    test("in a log of before, such words are recorded and change nothing", () => {
      const job = waiting().tell("job.accepted", ME);
      expect(job.name).toBe("queued");
      expect(job.last).toMatchObject([{ kind: "unexpected" }]);
    });
  });

  test("supervised: waits for a person without a deadline, then is queued", () => {
    const job = new Driven("job", JOB_INPUT).tell("job.submit", { needsApproval: true });
    expect([job.name, job.timers.size]).toEqual(["awaitingApproval", 0]);
    expect(job.tell("job.approve").name).toBe("queued");
  });

  test("never answered: sent twice under one id, then unknown, then dead letter within its deadline", () => {
    const job = dispatched();
    const start_ms = job.time_ms;
    job.ring();
    expect(job.name).toBe("dispatched");
    expect(job.commands("startJob")).toMatchObject([{ commandId: "map.1.s1.a1" }]);
    job.ring();
    expect(job.name).toBe("unknown");
    expect(job.commands("reconcileJobs")).toMatchObject([{ jobIds: ["map.1.s1"] }]);
    silence(job);
    expect(job.name).toBe("deadLetter");
    expect(job.state.context.failure?.reason).toBe("instrumentLost");
    const bound_ms = 2 * JOB_TIMES.accept_ms + JOB_TIMES.patience_ms + JOB_TIMES.askAgain_ms;
    expect(job.time_ms - start_ms).toBeLessThanOrEqual(bound_ms);
    expect(job.told("reservation.release")).toHaveLength(1);
    expect(job.told("instrument.silent")).toHaveLength(1);
    expect(job.told("job.ended")).toMatchObject([{ reason: "instrumentLost" }]);
    const alarms = job.last.filter((effect) => effect.kind === "alarm");
    expect(alarms).toMatchObject([{ alarm: { severity: "critical" } }]);
  });

  test("never answered but repeatable: another attempt with another id, at most as often as allowed", () => {
    const job = dispatched({ repeatable: true, retries: 1 });
    while (job.name !== "retryWait") expect(job.ring()).toBe(true);
    job.ring();
    expect([job.name, job.state.context.attempt]).toEqual(["queued", 2]);
    job.tell("job.reserve", { instrumentId: "furnace-2", bootId: "b1" }).tell("job.dispatch");
    expect(job.commands("startJob")).toMatchObject([{ commandId: "map.1.s1.a2" }]);
    expect(silence(job).name).toBe("deadLetter");
  });

  test("rejected again and again: waits twice as long each time, then dead letter", () => {
    const job = dispatched({ retries: 3 });
    const pauses_ms: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      job.tell("job.rejected", { ...ME, attempt, reason: "busy", retryable: true });
      expect(job.name).toBe("retryWait");
      const since_ms = job.time_ms;
      job.ring();
      pauses_ms.push(job.time_ms - since_ms);
      job.tell("job.reserve", { instrumentId: "furnace-1", bootId: "b1" }).tell("job.dispatch");
    }
    expect(pauses_ms).toEqual([5000, 10_000, 20_000]);
    job.tell("job.rejected", { ...ME, attempt: 4, reason: "busy", retryable: true });
    expect(job.name).toBe("deadLetter");
    expect(job.state.context.failure?.reason).toBe("retriesUsedUp");
  });

  test("a pause before another attempt is never longer than five minutes", () => {
    const job = dispatched({ retries: 9 });
    const pauses_ms: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      job.tell("job.rejected", { ...ME, attempt, reason: "busy", retryable: true });
      const since_ms = job.time_ms;
      job.ring();
      pauses_ms.push(job.time_ms - since_ms);
      job.tell("job.reserve", { instrumentId: "furnace-1", bootId: "b1" }).tell("job.dispatch");
    }
    expect(pauses_ms.slice(5)).toEqual([160_000, 300_000, 300_000, 300_000]);
  });

  test("rejected for good: failed at once, with the instrument's reason", () => {
    const job = dispatched().tell("job.rejected", {
      ...ME,
      reason: "no crucible",
      retryable: false,
    });
    expect(job.name).toBe("failed");
    const failure = { reason: "rejectedByInstrument", detail: "no crucible" };
    expect(job.state.context.failure).toEqual(failure);
  });

  test("overdue: cancelled and asked about, then unknown, then dead letter; a late result is data", () => {
    const job = dispatched().tell("job.accepted", ME);
    const begun_ms = job.time_ms;
    job.ring();
    expect([job.name, job.time_ms - begun_ms]).toEqual(["timedOut", JOB_INPUT.timeLimit_s * 1000]);
    expect(job.commands("controlJob")).toMatchObject([{ action: "cancel" }]);
    expect(job.commands("reconcileJobs")).toHaveLength(1);
    job.ring();
    expect(job.name).toBe("unknown");
    expect(silence(job).name).toBe("deadLetter");
    expect(job.tell("job.result", { ...ME, isFailure: false }).name).toBe("done");
    expect(job.told("job.done")).toHaveLength(1);
  });
});

describe("a job whose fate is unknown", () => {
  const unknown = (change: object = {}) => dispatched(change).tell("job.doubt");

  test("is asked about before anything else", () => {
    const job = unknown();
    expect(job.name).toBe("unknown");
    expect(job.commands("startJob")).toEqual([]);
    expect(job.commands("reconcileJobs")).toHaveLength(1);
  });

  test("goes on where the instrument says that it runs", () => {
    expect(unknown().tell("job.progress", { ...ME, fraction: 0.5 }).name).toBe("begun.running");
  });

  test("is sent again under the same id where the instrument remembers and it never began", () => {
    const job = unknown().tell("job.unknown", { instrumentId: "furnace-1", sameMemory: true });
    expect(job.name).toBe("dispatched");
    expect(job.commands("startJob")).toMatchObject([{ commandId: "map.1.s1.a1" }]);
  });

  test("ends where the instrument came back with a new boot and no memory: never repeated by itself", () => {
    const job = unknown().tell("job.unknown", { instrumentId: "furnace-1", sameMemory: false });
    expect(job.name).toBe("deadLetter");
    expect(job.state.context.failure?.reason).toBe("unknownToInstrument");
  });

  test("ends where it had begun, though the instrument remembers nothing of it", () => {
    const job = dispatched().tell("job.accepted", ME).tell("job.doubt");
    expect(job.tell("job.unknown", { instrumentId: "furnace-1", sameMemory: true }).name).toBe(
      "deadLetter",
    );
  });

  test("is repeated as a new attempt where its recipe says repeatable", () => {
    const job = unknown({ repeatable: true });
    job.tell("job.unknown", { instrumentId: "furnace-1", sameMemory: false });
    expect(job.name).toBe("retryWait");
  });

  test("is asked about again when its instrument comes back", () => {
    expect(unknown().tell("job.ask").commands("reconcileJobs")).toHaveLength(1);
  });
});

describe("a job that is to end", () => {
  test("is cancelled on its instrument; silence ends it within its deadline", () => {
    const job = dispatched().tell("job.cancel", { reason: "cancelledByOperator" });
    expect([job.name, job.commands("controlJob").length]).toEqual(["cancelling", 1]);
    silence(job);
    expect([job.name, job.state.context.failure?.reason]).toEqual([
      "cancelled",
      "cancelledByOperator",
    ]);
  });

  test("late result of a cancelled job is data", () => {
    const job = dispatched().tell("job.cancel", { reason: "cancelledByOperator" });
    job.tell("job.failed", { ...ME, reason: "cancelled", retryable: true });
    expect(job.name).toBe("cancelled");
    expect(job.tell("job.result", { ...ME, isFailure: false }).name).toBe("done");
  });

  test("by an emergency stop: asked about, and not repeated though it is repeatable", () => {
    const job = dispatched({ repeatable: true }).tell("job.cancel", { reason: "emergencyStop" });
    job.tell("job.unknown", { instrumentId: "furnace-1", sameMemory: false });
    expect(job.name).toBe("cancelled");
    expect(job.state.context.failure?.reason).toBe("emergencyStop");
  });

  test("held beyond its bound, it is cancelled and asked for", () => {
    const job = dispatched().tell("job.accepted", ME).tell("job.held", { until_ms: 5_000_000 });
    expect([job.name, [...job.timers.values()]]).toEqual(["held", [5_000_000]]);
    job.ring();
    expect(job.name).toBe("timedOut");
  });

  test("held by its operator, the time does not count", () => {
    const job = dispatched().tell("job.accepted", ME).tell("job.held");
    expect([job.name, job.timers.size]).toEqual(["held", 0]);
    job.tell("job.resumed", {}, 3_600_000);
    expect(job.name).toBe("begun.running");
    expect([...job.timers.values()]).toEqual([job.time_ms + JOB_INPUT.timeLimit_s * 1000]);
  });

  test("what an earlier attempt says does not end the present one", () => {
    const job = dispatched().tell("job.rejected", { ...ME, reason: "busy", retryable: true });
    job.ring();
    job.tell("job.reserve", { instrumentId: "furnace-1", bootId: "b1" }).tell("job.dispatch");
    for (const type of ["job.rejected", "job.failed"])
      expect(job.tell(type, { ...ME, reason: "busy", retryable: true }).name).toBe("dispatched");
    expect(job.tell("job.result", { ...ME, isFailure: false }).name).toBe("done");
  });
});

describe("whatever happens to a job", () => {
  // Jobs of logs from before holding was bounded are held without one.
  const WITHOUT_DEADLINE = ["proposed", "awaitingApproval", "queued", "reserved", "held"];
  const isBounded = (job: { name: string; state: { context: { timerId: string | undefined } } }) =>
    job.name === "held" && job.state.context.timerId?.includes("/h") === true;
  const ENDS = ["done", "failed", "cancelled", "deadLetter"];

  test("each state has its one timer or a stated reason for none, and silence always ends it", () => {
    for (let seed = 0; seed < 150; seed++) {
      const prng = createPrng(`job-walk/${seed}`);
      const job = dispatched({ repeatable: seed % 2 === 0, retries: seed % 4 });
      for (let k = 0; k < 60; k++) {
        const events = jobEvents(job.state);
        const { type, ...fields } = events[Math.floor(prng.next() * events.length)] ?? { type: "" };
        if (type === "timer.fired") job.ring();
        else if (type !== "job.result" || k > 40) job.tell(type, fields, prng.next() * 60_000);
        const isWithout =
          (WITHOUT_DEADLINE.includes(job.name) && !isBounded(job)) || ENDS.includes(job.name);
        const armed = [...job.timers.keys()];
        expect(armed, job.name).toEqual(isWithout ? [] : [job.state.context.timerId]);
      }
      silence(job);
      expect([...WITHOUT_DEADLINE, ...ENDS]).toContain(job.name);
    }
  });
});
