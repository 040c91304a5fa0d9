import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import { boundedSessions, SESSION_BYTES_MAX } from "../../../adapters/broker/bounded-sessions.ts";

interface Packet {
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  readonly messageId: number;
}
interface Sessions {
  setup(broker: object): Promise<void>;
  outgoingEnqueue(to: { clientId: string }, packet: Packet): Promise<void>;
  outgoingUpdate(of: { id: string }, packet: object): Promise<void>;
  outgoingClearMessageId(of: { id: string }, packet: object): Promise<unknown>;
  outgoingStream(of: { id: string }): Readable;
  cleanSubscriptions(of: { id: string }): Promise<unknown>;
}

const HALF = Buffer.alloc(SESSION_BYTES_MAX / 2 - 2048);
const packet = (messageId: number, payload = HALF, qos: 1 | 2 = 1): Packet => ({
  ...{ messageId, payload, qos, cmd: "publish", topic: "x" },
});

async function make() {
  const full: string[] = [];
  const sessions = boundedSessions((clientId) => full.push(clientId)) as Sessions;
  await sessions.setup({ id: "broker" });
  const put = (clientId: string, one: Packet) => sessions.outgoingEnqueue({ clientId }, one);
  const lying = async (id: string): Promise<number> =>
    (await sessions.outgoingStream({ id }).toArray()).length;
  return { sessions, full, put, lying };
}

test("a session takes as much as its bound, says once that it is full, and has room again for what is fetched", async () => {
  const { sessions, full, put, lying } = await make();
  for (const k of [1, 2, 3, 4]) await put("a", packet(k));
  expect([await lying("a"), full]).toEqual([2, ["a"]]);
  await put("b", packet(1));
  expect(await lying("b")).toBe(1);
  // Cleared under the number that it got on its way out, as the library does.
  const [first] = (await sessions.outgoingStream({ id: "a" }).toArray()) as object[];
  await sessions.outgoingClearMessageId({ id: "a" }, first ?? {});
  await put("a", packet(5));
  expect(await lying("a")).toBe(2);
});

test("what an ended session had waiting is let go of", async () => {
  const { sessions, full, put, lying } = await make();
  for (const k of [1, 2, 3]) await put("a", packet(k));
  await sessions.cleanSubscriptions({ id: "a" });
  expect(await lying("a")).toBe(0);
  for (const k of [1, 2]) await put("a", packet(k));
  expect([await lying("a"), full]).toEqual([2, ["a"]]);
});

test("messages of QoS 2, whose payload goes before they do, fill nothing that stays", async () => {
  const { sessions, full, put, lying } = await make();
  const a = { id: "a" };
  for (let k = 1; k <= 10; k++) {
    const counted = { brokerId: "broker", brokerCounter: k };
    await put("a", { ...packet(k, HALF, 2), ...counted });
    await sessions.outgoingUpdate(a, { ...counted, messageId: k });
    // The word of release takes the message's place, and is what is cleared in the end.
    await sessions.outgoingUpdate(a, { cmd: "pubrel", messageId: k });
    expect(await sessions.outgoingClearMessageId(a, { messageId: k })).toMatchObject({
      cmd: "pubrel",
    });
  }
  expect([await lying("a"), full]).toEqual([0, []]);
});
