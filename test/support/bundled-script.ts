import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { CACHE, readManifest } from "../../build/bundle-program.ts";

const made = new Map<string, Promise<string>>();

/**
 * A script of the tests as one file of JavaScript: a child process of it starts in a tenth of a second, where one that reads the
 * sources takes seconds. It lies below `node_modules` and goes with this process.
 */
export function bundledScript(path: string): Promise<string> {
  const known = made.get(path) ?? bundle(path);
  made.set(path, known);
  return known;
}

async function bundle(path: string): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(CACHE, `${basename(path, ".ts")}-${process.pid}.mjs`);
  process.once("exit", () => rmSync(outfile, { force: true }));
  const require =
    'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';
  await build({
    ...{ entryPoints: [path], outfile, bundle: true, format: "esm", platform: "node" },
    ...{ external: Object.keys(readManifest().dependencies), banner: { js: require } },
    logLevel: "error",
  });
  return outfile;
}
