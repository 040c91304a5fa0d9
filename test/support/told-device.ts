import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * A device in a process of its own, which is told its world behind its back: a line of JSON on its standard input, answered by a line that
 * says how things are with it now. It says a line when it listens; whatever its libraries print that is no JSON is passed over.
 */
export class ToldDevice<Truth> {
  readonly #argv: readonly [program: string, ...argv: string[]];
  #process: ChildProcessWithoutNullStreams | undefined;
  #lines: AsyncIterator<string> | undefined;

  constructor(argv: readonly [program: string, ...argv: string[]]) {
    this.#argv = argv;
  }

  async switchOn(): Promise<void> {
    const [program, ...argv] = this.#argv;
    const child = spawn(program, argv);
    this.#process = child;
    child.stderr.resume();
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await this.#nextLine();
  }

  /** Changes the world behind its back; `{}` only asks. */
  async tell(words: Readonly<Record<string, unknown>>): Promise<Truth> {
    this.#process?.stdin.write(`${JSON.stringify(words)}\n`);
    return JSON.parse(await this.#nextLine()) as Truth;
  }

  /** SIGSTOP: it does not answer; by its clock its time goes on. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
  }

  async #nextLine(): Promise<string> {
    for (;;) {
      const line = await this.#lines?.next();
      if (line === undefined || line.done === true)
        throw new Error(`${this.#argv.slice(0, 2).join(" ")} has ended`);
      if (line.value.startsWith("{")) return line.value;
    }
  }
}
