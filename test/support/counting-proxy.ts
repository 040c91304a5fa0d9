import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

const PUBLISH = 3;
const PUBACK = 4;

/** Between a client and its broker: counts the messages of QoS 1 that the client has sent and the broker has not answered. */
export class CountingProxy {
  unanswered = 0;
  most = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(brokerPort: number) {
    this.#server = createServer((client) => {
      const broker = connect(brokerPort, "127.0.0.1");
      for (const socket of [client, broker]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
      }
      const sent = eachPacket((type, qos) => {
        if (type === PUBLISH && qos > 0) this.most = Math.max(this.most, ++this.unanswered);
      });
      const answered = eachPacket((type) => {
        if (type === PUBACK) this.unanswered--;
      });
      client.on("data", sent);
      broker.on("data", answered);
      client.pipe(broker).pipe(client);
    });
  }

  static async start(brokerPort: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(brokerPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Types and QoS of MQTT control packets in a stream (MQTT 5.0, section 2.1: type, flags, remaining length in 1 to 4 bytes). */
function eachPacket(tell: (type: number, qos: number) => void): (chunk: Buffer) => void {
  let heard: Buffer = Buffer.alloc(0);
  return (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    for (;;) {
      let [at, length, scale] = [1, 0, 1];
      do {
        if (at >= heard.length) return;
        length += ((heard[at] ?? 0) & 0x7f) * scale;
        scale *= 128;
      } while (((heard[at++] ?? 0) & 0x80) !== 0);
      if (heard.length < at + length) return;
      const first = heard[0] ?? 0;
      tell(first >> 4, (first >> 1) & 3);
      heard = heard.subarray(at + length);
    }
  };
}
