import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** An instrument's program in a process group of its own: killed hard, and started again. */
export interface Launched {
  readonly restart: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

export function launch(
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Launched {
  let child: ChildProcess | undefined;
  const start = (): void => {
    child = spawn(program, argv, {
      ...{ stdio: "ignore", detached: true },
      env: { ...process.env, ...env },
    });
  };
  const kill = async (): Promise<void> => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await ended;
  };
  start();
  return {
    kill,
    restart: async () => {
      await kill();
      start();
    },
  };
}
