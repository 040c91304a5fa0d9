import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Mutation } from "./mutation.ts";

export const ROOT = join(import.meta.dirname, "../../..");

/** Three casts with people, strangers, gullible instruments and kills; 233 is supervised, 261 has cuts, 395 has hours. */
export const SEEDS = ["233", "261", "395"];

const SWARM_ms_max = 600_000;
const TEST_ms_max = 600_000;

/** Why the list does not fit the tree; empty where every anchor stands exactly once in its file. */
export function misplaced(mutations: readonly Mutation[]): string[] {
  return mutations.flatMap(({ name, file, find, tests }) => {
    const times = readFileSync(join(ROOT, file), "utf8").split(find).length - 1;
    const missing = tests.filter((test) => !exists(join(ROOT, test)));
    return [
      ...(times === 1 ? [] : [`${name}: its anchor stands ${times} times in ${file}`]),
      ...missing.map((test) => `${name}: there is no ${test}`),
    ];
  });
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What the swarm says of the fault; `undefined` where it notices nothing. */
export async function bySwarm(mutation: Mutation | undefined): Promise<string | undefined> {
  if (mutation?.swarm === false) return undefined;
  const outfile = join(ROOT, `node_modules/.proof/swarm-${process.pid}.mjs`);
  await bundle(mutation, outfile);
  const { code, text } = await runChild(
    ["--max-semi-space-size=64", outfile, ...SEEDS],
    SWARM_ms_max,
  );
  if (code === 0) return undefined;
  if (code === undefined) return "it does not end";
  const said = /^seed .*$/m.exec(text)?.[0] ?? /^(?:\w*Error|Bug)\b.*$/m.exec(text)?.[0];
  if (said === undefined || text.includes("ERR_MODULE_NOT_FOUND"))
    throw new Error(`The swarm did not run: ${text.slice(0, 500)}`);
  return said;
}

/** The swarm with the fault in it: the file is read, changed on its way into the bundle and left as it is. */
export async function bundle(mutation: Mutation | undefined, outfile: string): Promise<void> {
  const file = mutation === undefined ? "" : join(ROOT, mutation.file);
  await build({
    entryPoints: [join(ROOT, "test/proofs/mutations/swarm-seeds.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "esm", packages: "external" },
    logLevel: "error",
    plugins: [
      {
        name: "planted-fault",
        setup: (steps) => {
          steps.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            mutation === undefined || path !== file
              ? undefined
              : {
                  loader: "ts",
                  contents: readFileSync(file, "utf8").replace(
                    mutation.find,
                    () => mutation.replace,
                  ),
                },
          );
        },
      },
    ],
  });
}

/** The first of its test files that fails with the fault; `undefined` where all pass. */
export async function byTests(mutation: Mutation): Promise<string | undefined> {
  const config = join(ROOT, "test/proofs/mutations/mutated.config.ts");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  for (const test of mutation.tests) {
    const { code, text } = await runChild([vitest, "run", "--config", config, test], TEST_ms_max, {
      TIELINE_MUTATION: JSON.stringify(mutation),
    });
    if (code === 0) continue;
    // On a machine that does other things as well, time that ran out is no verdict.
    if (code === undefined) throw new Error(`${test} did not end in ${TEST_ms_max / 1000} s`);
    const failed = /FAIL\s+(.*)/.exec(text.replaceAll("\u001b", "").replace(/\[\d+m/g, ""))?.[1];
    return failed ?? test;
  }
  return undefined;
}

function runChild(
  argv: readonly string[],
  time_ms_max: number,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | undefined; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn("nice", [process.execPath, ...argv], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    child.stderr.on("data", (chunk) => (text += String(chunk)));
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, time_ms_max);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? undefined, text });
    });
  });
}
