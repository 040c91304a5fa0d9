import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerIsThere } from "./peer.ts";

/**
 * A Python that has these pinned packages, installed once a machine; `undefined` where there is no Python or no registry, which is
 * said on standard error (in CI it is an error).
 */
export function pythonWith(...packages: readonly string[]): string | undefined {
  const name = packages.join("-").replace(/[^A-Za-z0-9.]+/g, "-");
  const folder = join(tmpdir(), `tieline-python-${name}`);
  const python = join(folder, "bin/python");
  if (existsSync(python)) return python;
  const made = mkdtempSync(`${folder}.`);
  const own = join(made, "bin/python");
  const install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages];
  const isMade = runs("python3", ["-m", "venv", made]) && runs(own, install);
  if (isMade) moveUnlessThere(made, folder);
  rmSync(made, { recursive: true, force: true });
  const cure = "apt-get install python3-venv, and a way to PyPI";
  return peerIsThere(`Python with ${packages.join(" ")}`, existsSync(python), cure)
    ? python
    : undefined;
}

/** Two test files may install at once: the first to have done stays. */
function moveUnlessThere(made: string, folder: string): void {
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function runs(program: string, argv: readonly string[]): boolean {
  return spawnSync(program, argv, { stdio: "ignore", timeout: 180_000 }).status === 0;
}
