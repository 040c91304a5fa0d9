import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder of this machine that is filled once and then found again, named after what it holds. `fill` works in a folder beside it, so
 * that one that was killed leaves nothing that looks whole; where two fill at once, the first to have done stays. `undefined` where `fill` says no.
 */
export function installOnce(
  kind: string,
  packages: readonly string[],
  fill: (folder: string) => boolean,
): string | undefined {
  const name = packages.join("-").replace(/[^A-Za-z0-9.]+/g, "-");
  const folder = join(tmpdir(), `tieline-${kind}-${name}`);
  if (existsSync(folder)) return folder;
  const made = mkdtempSync(`${folder}.`);
  try {
    if (fill(made)) moveUnlessThere(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return existsSync(folder) ? folder : undefined;
}

function moveUnlessThere(made: string, folder: string): void {
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
