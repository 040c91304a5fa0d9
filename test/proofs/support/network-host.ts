import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const IP = ["/usr/sbin/ip", "/sbin/ip"].find((path) => existsSync(path)) ?? "ip";

/** A host of its own on this machine: a network namespace with one cable to the outside, which can be pulled. */
export class NetworkHost {
  /** How this machine is reached from inside. */
  readonly outside: string;
  private readonly name: string;
  private readonly cable: string;

  constructor() {
    const n = freeNumber();
    this.name = `tieline${process.pid}-${n}`;
    this.cable = `tl${process.pid}-${n}`.slice(0, 13);
    this.outside = `10.213.${n}.1`;
    const inside = `${this.cable}i`;
    ip("netns", "add", this.name);
    ip("link", "add", this.cable, "type", "veth", "peer", "name", inside);
    ip("link", "set", inside, "netns", this.name);
    ip("addr", "add", `${this.outside}/24`, "dev", this.cable);
    ip("link", "set", this.cable, "up");
    const within = (...args: string[]): void => ip("netns", "exec", this.name, "ip", ...args);
    within("addr", "add", `10.213.${n}.2/24`, "dev", inside);
    within("link", "set", inside, "up");
    within("link", "set", "lo", "up");
  }

  /** Whether this machine lets us make hosts. */
  static areAllowed(): boolean {
    const name = `tieline${process.pid}-try`;
    const made = spawnSync(IP, ["netns", "add", name], { stdio: "ignore" }).status === 0;
    if (made) spawnSync(IP, ["netns", "del", name], { stdio: "ignore" });
    return made;
  }

  static readonly network = "10.213.0.0/16";

  spawn(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
    return spawn(IP, ["netns", "exec", this.name, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
  }

  pull(): void {
    ip("link", "set", this.cable, "down");
  }

  plug(): void {
    ip("link", "set", this.cable, "up");
  }

  remove(): void {
    spawnSync(IP, ["netns", "del", this.name], { stdio: "ignore" });
    spawnSync(IP, ["link", "del", this.cable], { stdio: "ignore" });
  }
}

/** So that two proofs side by side have networks of their own. */
function freeNumber(): number {
  const taken = execFileSync(IP, ["-4", "-o", "addr"], { encoding: "utf8" });
  for (let n = 1; n < 255; n++) if (!taken.includes(` 10.213.${n}.1/`)) return n;
  throw new Error("every network of 10.213.0.0/16 is taken");
}

function ip(...args: string[]): void {
  execFileSync(IP, args, { stdio: ["ignore", "ignore", "pipe"] });
}
