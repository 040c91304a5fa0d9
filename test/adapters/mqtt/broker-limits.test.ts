import { expect, test } from "vitest";
import { BrokerLimits } from "../../../adapters/mqtt/broker-limits.ts";

const message = (bytes: number, qos: 0 | 1 = 1) =>
  ({ topic: "t", payload: "x".repeat(bytes), qos, retain: false }) as const;

test("no more messages of QoS 1 leave unanswered than the broker said, in order; those of QoS 0 are free", async () => {
  const limits = new BrokerLimits(() => 0);
  limits.note({ receiveMaximum: 2 });
  const left: number[] = [];
  const sendings = [0, 1, 2, 3].map((k) => {
    const sending = limits.send(message(1));
    void sending.ready.then(() => left.push(k));
    return sending;
  });
  void limits.send(message(1, 0)).ready.then(() => left.push(99));
  await Promise.resolve();
  expect(left).toEqual([0, 1, 99]);
  sendings[0]?.done();
  sendings[0]?.done();
  await Promise.resolve();
  expect(left).toEqual([0, 1, 99, 2]);
  sendings[1]?.done();
  await Promise.resolve();
  expect(left).toEqual([0, 1, 99, 2, 3]);
});

test("a message that was given up while it waited takes no place afterwards", async () => {
  const limits = new BrokerLimits(() => 0);
  limits.note({ receiveMaximum: 1 });
  const first = limits.send(message(1));
  const givenUp = limits.send(message(1));
  givenUp.done();
  first.done();
  const left: number[] = [];
  void limits.send(message(1)).ready.then(() => left.push(1));
  await Promise.resolve();
  expect(left).toEqual([1]);
});

test("two ends in a row right after something large teach a bound for views, which is forgotten after an hour", () => {
  let now_ms = 0;
  const limits = new BrokerLimits(() => now_ms);
  const end = (bytes: number, after_ms = 100) => {
    const sending = limits.send(message(bytes));
    sending.left();
    now_ms += after_ms;
    const outcome = limits.noteEnd();
    sending.done();
    return outcome;
  };
  expect(end(100)).toEqual({ suspect: false });
  expect(end(9000, 5000)).toEqual({ suspect: false });
  expect(end(9000)).toEqual({ suspect: true });
  expect(end(100)).toEqual({ suspect: false });
  expect(end(9000)).toEqual({ suspect: true });
  const { learnt = 0 } = end(20_000);
  expect(learnt).toBeGreaterThan(8000);
  expect(learnt).toBeLessThan(9200);
  expect(limits.packetBytes(true)).toBe(learnt);
  expect(limits.packetBytes(false)).toBe(Number.POSITIVE_INFINITY);
  now_ms += 3_600_001;
  expect(limits.packetBytes(true)).toBe(Number.POSITIVE_INFINITY);
});

test("at 3.1.1 a large message of QoS 0, which nobody answers, is suspected of the end that follows at once", () => {
  let now_ms = 0;
  const limits = new BrokerLimits(() => now_ms);
  const end = (bytes: number, after_ms: number) => {
    const sending = limits.send(message(bytes, 0));
    sending.left();
    sending.done();
    now_ms += after_ms;
    return limits.noteEnd();
  };
  expect(end(9000, 10)).toEqual({ suspect: false }); // MQTT 5: it would have told
  limits.note({}, false);
  expect(end(3000, 10)).toEqual({ suspect: false });
  expect(end(9000, 2000)).toEqual({ suspect: false });
  expect(end(9000, 10)).toEqual({ suspect: true });
  expect(end(20_000, 10)).toMatchObject({ suspect: true, learnt: expect.closeTo(9000, -3) });
  expect(limits.noteEnd()).toEqual({ suspect: false });
});
