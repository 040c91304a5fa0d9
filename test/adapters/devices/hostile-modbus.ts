import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { crc16 } from "../../../adapters/devices/modbus/framing.ts";

/** What it does with the next answer, instead of sending it. */
export type Spite =
  | { readonly kind: "late"; readonly after_ms: number }
  | { readonly kind: "split"; readonly at: number }
  | { readonly kind: "twice" }
  | { readonly kind: "silent" }
  | { readonly kind: "cut"; readonly after_bytes: number }
  | { readonly kind: "wrongSum" }
  | { readonly kind: "otherUnit" }
  | { readonly kind: "exception"; readonly code: number }
  /** The converter keeps the answer, and gives it to whoever connects next. */
  | { readonly kind: "handedOn" }
  /** The same, and it ends the connection that asked. */
  | { readonly kind: "endedAndHandedOn" }
  /** The converter still has an answer of an earlier connection, and gives it out first. */
  | { readonly kind: "stale"; readonly value: number }
  /** It answers and ends the connection; whoever connects next finds another device, of which these registers differ. */
  | {
      readonly kind: "replaced";
      readonly by: readonly (readonly [address: number, word: number])[];
    };

/** A Eurotherm 2400 at 25.0 °C, in registers: for `registers`. */
export const EUROTHERM: readonly (readonly [address: number, word: number])[] = [
  ...[1, 2, 5].map((address) => [address, 250] as const),
  ...([4, 56, 74, 112, 273, 629] as const).map((address) => [address, 0] as const),
  ...([
    [23, 1],
    [111, 12_000],
    [122, 0x2480],
    [525, 1],
    [32_770, 0x41c8],
    [32_771, 0],
  ] as const),
];

/** A Modbus server that is as hostile as it is told to be. Register a holds `registers.get(a)`, else a. */
export class HostileModbus {
  readonly registers = new Map<number, number>();
  readonly spites: Spite[] = [];
  /** What it does, once, with the next answer that begins with this register. */
  readonly spitesAt = new Map<number, Spite>();
  /** Registers that it does not let anybody write (exception 3). */
  readonly refused = new Set<number>();
  readonly asked: { readonly fn: number; readonly address: number; readonly time_ms: number }[] =
    [];
  connections = 0;
  readonly #rtu: boolean;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #handedOn: Buffer | undefined;

  constructor(rtu: boolean) {
    this.#rtu = rtu;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this.port;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    if (this.#handedOn !== undefined) socket.write(this.#handedOn);
    this.#handedOn = undefined;
    let heard = Buffer.alloc(0);
    let last = Promise.resolve();
    socket.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      for (let length = this.#length(heard); length > 0; length = this.#length(heard)) {
        const frame = heard.subarray(0, length);
        heard = heard.subarray(length);
        // One after the other, as a device on a serial line: a late answer holds up those behind it.
        const asked = Buffer.from(frame);
        last = last.then(() => this.#answer(socket, asked));
      }
    });
  }

  #length(heard: Buffer): number {
    const head = this.#rtu ? 0 : 6;
    if (heard.length < head + 8 - (this.#rtu ? 0 : 2)) return 0;
    const fn = heard[head + 1];
    const body = fn === 16 ? 7 + (heard[head + 6] ?? 0) : 6;
    const length = head + body + (this.#rtu ? 2 : 0);
    return heard.length >= length ? length : 0;
  }

  async #answer(socket: Socket, frame: Buffer): Promise<void> {
    const head = this.#rtu ? 0 : 6;
    const [fn = 0, address, count] = [
      frame[head + 1],
      frame.readUInt16BE(head + 2),
      frame.readUInt16BE(head + 4),
    ];
    this.asked.push({ fn, address, time_ms: performance.now() });
    const spite = this.spitesAt.get(address) ?? this.spites.shift();
    this.spitesAt.delete(address);
    const pdu = this.#pdu(frame.subarray(head + 1), address, count, spite);
    const whole = this.#wrap(pdu, frame, spite);
    if (spite?.kind === "handedOn" || spite?.kind === "endedAndHandedOn") this.#handedOn = whole;
    if (spite?.kind === "endedAndHandedOn") return void socket.end();
    if (spite?.kind === "replaced") {
      for (const [at, word] of spite.by) this.registers.set(at, word);
      return void socket.end(whole);
    }
    if (spite?.kind === "silent" || spite?.kind === "handedOn") return;
    if (spite?.kind === "late") {
      await wait(spite.after_ms);
      socket.write(whole);
    } else if (spite?.kind === "split") {
      socket.write(whole.subarray(0, spite.at));
      await wait(15);
      socket.write(whole.subarray(spite.at));
    } else if (spite?.kind === "twice") socket.write(Buffer.concat([whole, whole]));
    else if (spite?.kind === "cut") socket.end(whole.subarray(0, spite.after_bytes));
    else if (spite?.kind === "stale") {
      const stale = this.#wrap(
        Buffer.from([3, 2, spite.value >> 8, spite.value & 0xff]),
        frame,
        undefined,
      );
      socket.write(stale);
      await wait(15);
      socket.write(whole);
    } else socket.write(whole);
  }

  #pdu(asked: Buffer, address: number, count: number, spite: Spite | undefined): Buffer {
    const fn = asked[0] ?? 0;
    if (spite?.kind === "exception") return Buffer.from([fn | 0x80, spite.code]);
    if (fn !== 3 && fn !== 4 && this.refused.has(address)) return Buffer.from([fn | 0x80, 3]);
    if (fn === 6) this.registers.set(address, count);
    if (fn === 16)
      for (let k = 0; k < count; k++)
        this.registers.set(address + k, asked.readUInt16BE(6 + 2 * k));
    if (fn === 6 || fn === 16) return asked.subarray(0, 5);
    const words = Buffer.alloc(2 * count);
    for (let k = 0; k < count; k++)
      words.writeUInt16BE(this.registers.get(address + k) ?? address + k, 2 * k);
    return Buffer.from([fn, 2 * count, ...words]);
  }

  #wrap(pdu: Buffer, frame: Buffer, spite: Spite | undefined): Buffer {
    const unit = spite?.kind === "otherUnit" ? 9 : (frame[this.#rtu ? 0 : 6] ?? 0);
    if (!this.#rtu) {
      const head = Buffer.from([...frame.subarray(0, 4), 0, pdu.length + 1, unit]);
      // There is no sum in Modbus TCP: the transaction is what is wrong.
      if (spite?.kind === "wrongSum") head[1] = ((head[1] ?? 0) + 1) & 0xff;
      return Buffer.concat([head, pdu]);
    }
    const body = Buffer.concat([Buffer.from([unit]), pdu]);
    const sum = crc16(body) ^ (spite?.kind === "wrongSum" ? 1 : 0);
    return Buffer.concat([body, Buffer.from([sum & 0xff, sum >> 8])]);
  }
}
