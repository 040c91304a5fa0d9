import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { bundleProgram, CACHE, ROOT, sourceDigest } from "../../build/bundle-program.ts";

/** Programs of earlier sources that are kept: some may still run for another test run. */
const KEPT = 4;

let main: string | undefined;

/**
 * `main.js` of the program as it ships, bundled once for the sources as they are: a child process of it starts in a tenth of a second,
 * where one that reads the sources takes seconds. It lies below `node_modules`, with the examples beside it, as in an
 * installed package.
 */
export async function builtMain(): Promise<string> {
  main ??= await buildOnce();
  return main;
}

async function buildOnce(): Promise<string> {
  const folder = join(CACHE, sourceDigest());
  const file = join(folder, "dist/src/main.js");
  if (existsSync(file)) return file;
  mkdirSync(CACHE, { recursive: true });
  // Files of the suite that run side by side may build side by side; whoever is first by name wins.
  const own = mkdtempSync(join(CACHE, "building-"));
  await bundleProgram(join(own, "dist"));
  for (const data of ["config", "simulators"]) symlinkSync(join(ROOT, data), join(own, data));
  try {
    renameSync(own, folder);
  } catch {
    rmSync(own, { recursive: true, force: true });
  }
  removeOld();
  return file;
}

function removeOld(): void {
  const age = (name: string): number => statSync(join(CACHE, name)).mtimeMs;
  const built = readdirSync(CACHE).filter((name) => /^[0-9a-f]{16}$/.test(name));
  for (const name of built.sort((a, b) => age(b) - age(a)).slice(KEPT))
    rmSync(join(CACHE, name), { recursive: true, force: true });
}
