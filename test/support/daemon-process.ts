import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { builtMain } from "./built-program.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const OPENING_ms = 60_000;

/** A daemon in a process of its own, as a user starts it: `tieline start --config FILE`. */
export interface DaemonProcess {
  /** Address of its page. */
  readonly url: string;
  readonly folder: string;
  /** The answer of its API. */
  ask<Body>(path: string): Promise<Body>;
  /** What it has written so far, its log in it. */
  said(): string;
  /** Ends it as Ctrl-C would; its exit code, `null` where it had to be killed. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Kills it as a power cut would. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C would and removes its folder. */
  stop(): Promise<void>;
}

export interface DaemonProcessOptions {
  /** Text of the configuration. */
  readonly config: string;
  readonly speed?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** An open file for what it writes to standard error; absent: {@link DaemonProcess.said}. */
  readonly stderr?: number;
}

/** A configuration file of the repository with every port chosen by the system. */
export function exampleConfig(name: string): string {
  return readFileSync(join(ROOT, "config", name), "utf8")
    .replace(/port: 1883/, "port: 0")
    .replace(/ *webSocketPort: \d+\n/, "")
    .replace(/port: 8080/, "port: 0");
}

/** Resolves when the page is served. */
export async function startDaemonProcess(options: DaemonProcessOptions): Promise<DaemonProcess> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-process-"));
  const config = join(folder, "config.yaml");
  writeFileSync(config, options.config);
  const run = [
    ...[await builtMain(), "start", "--config", config],
    ...["--data", join(folder, "data"), "--speed", String(options.speed ?? 60)],
  ];
  const child = spawn(process.execPath, run, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", options.stderr ?? "pipe"],
    env: { ...process.env, TIELINE_LOG_LEVEL: "error", ...options.env },
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const url = await pageOf(child);
  return {
    url,
    folder,
    ask: async <Body>(path: string) => (await (await fetch(new URL(path, url))).json()) as Body,
    said: () => said,
    end: (signal = "SIGTERM") => end(child, signal),
    kill: async () => void (await end(child, "SIGKILL")),
    stop: async () => {
      await end(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function pageOf(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolveUrl, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}: ${said}`));
    const timer = setTimeout(() => fail("the daemon served no page"), OPENING_ms);
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-8000);
      const url = /Page (http\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolveUrl(url);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", () => fail("the daemon ended"));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
  return child.exitCode;
}
