import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

/** What goes wrong with the next answer. */
export type LineFault = "late" | "silent" | "split" | "joined" | "closed";

/**
 * A Lake Shore 336 as its public manual describes its commands: one connection, questions answered with a line, nothing said to what
 * is told, nothing at all to what is not known. Its sample follows the set point at once; `speed` is its time against ours.
 */
export class LakeShoreEmulator {
  readonly asked: string[] = [];
  setPoint = 0;
  range = 0;
  ramp = { isOn: 0, rate: 0 };
  status = 0;
  /** Preferred unit of input A: 1 kelvin, 2 degrees Celsius. */
  unit = 1;
  fault: LineFault | undefined;
  /** Its heater's range stays as it is, whatever it is told. */
  isRangeStuck = false;
  readonly #server: Server;
  readonly #speed: number;
  #from = { value: 0, at_ms: Date.now() };
  #sockets = new Set<Socket>();

  private constructor(speed: number) {
    this.#speed = speed;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(speed = 200): Promise<LakeShoreEmulator> {
    const emulator = new LakeShoreEmulator(speed);
    await new Promise<void>((resolve) => emulator.#server.listen(0, "127.0.0.1", resolve));
    return emulator;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where the ramped set point is now. */
  get now(): number {
    const { value, at_ms } = this.#from;
    if (this.ramp.isOn === 0 || this.ramp.rate === 0) return this.setPoint;
    const way = ((Date.now() - at_ms) * this.#speed * this.ramp.rate) / 60_000;
    const left = this.setPoint - value;
    return Math.abs(left) <= way ? this.setPoint : value + Math.sign(left) * way;
  }

  powerCycle(): void {
    this.range = 0;
    this.cut();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let heard = "";
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
      const lines = heard.split("\n");
      heard = lines.pop() ?? "";
      for (const line of lines) this.#hear(line.trim(), socket);
    });
  }

  /** Several commands in one line (`SETP 1,5;*ESR?`) are answered in one line as well. */
  #hear(said: string, socket: Socket): void {
    const answers = said.split(";").flatMap((one) => {
      const words = one.trim().replace(/^:/, "");
      this.asked.push(words);
      return this.#obey(words) ?? [];
    });
    if (answers.length === 0) return;
    const answer = answers.join(";");
    const { fault } = this;
    const line = `${answer}\r\n`;
    if (fault === undefined) return void socket.write(line);
    this.fault = undefined;
    if (fault === "late") setTimeout(() => socket.write(line), 800);
    if (fault === "joined") socket.write(line + line);
    if (fault === "closed") socket.write(line.slice(0, 3), () => socket.destroy());
    if (fault === "split") {
      socket.write(line.slice(0, 3));
      setTimeout(() => socket.write(line.slice(3)), 30);
    }
  }

  #obey(words: string): string | undefined {
    const [name = "", rest = ""] = words.split(/\s+(.*)/);
    const [, one = "", two = ""] = rest.split(",");
    const moved = Math.abs(this.now - this.setPoint) > 1e-9 ? "1" : "0";
    switch (name.toUpperCase()) {
      case "*ESR?":
        return "0";
      case "*IDN?":
        return "LSCI,MODEL336,LSA12AB/1234567,2.9";
      case "KRDG?":
        return this.status === 0 ? signed(this.range === 0 ? 4.2 : this.now) : "+0.00000";
      case "RDGST?":
        return String(this.status).padStart(3, "0");
      case "SETP?":
        return signed(this.now);
      case "RAMP?":
        return `${this.ramp.isOn},${signed(this.ramp.rate)}`;
      case "RAMPST?":
        return moved;
      case "RANGE?":
        return String(this.range);
      case "HTR?":
        return signed(this.range === 0 ? 0 : 23.4);
      case "HTRST?":
        return "0";
      case "OUTMODE?":
        return "1,1,0";
      case "INTYPE?":
        return `1,0,0,0,${this.unit}`;
      case "SETP":
        this.#from = { value: this.now, at_ms: Date.now() };
        this.setPoint = Number(one);
        return undefined;
      case "RAMP":
        this.#from = { value: this.setPoint, at_ms: Date.now() };
        this.ramp = { isOn: Number(one), rate: Number(two) };
        return undefined;
      case "RANGE":
        if (!this.isRangeStuck) this.range = Number(one);
        return undefined;
      default:
        // Real ones say nothing to what they do not know.
        return undefined;
    }
  }
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
}
