import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** From the sources: what folds events and shows what follows. */
const FOLDERS = ["machines", "src/core", "src/domain", "src/events", "src/runtime", "src/views"];

/**
 * Tells programs apart that may fold the same events into other states: SHA-256 of their code, which is the bundle's chunks,
 * or, run from the sources, the rooms that fold.
 */
export function codeFingerprint(): string {
  const here = import.meta.dirname;
  const root = join(here, "../..");
  const isSource = existsSync(join(here, "code-fingerprint.ts"));
  const folders = isSource ? FOLDERS.map((folder) => join(root, folder)) : [here];
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const name of readdirSync(folder).sort()) {
      if (!/\.[jt]s$/.test(name)) continue;
      hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex");
}
