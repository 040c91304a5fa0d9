import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installOnce } from "./install-once.ts";
import { peerIsThere } from "./peer.ts";

/**
 * A Python that has these pinned packages, installed once a machine; `undefined` where there is no Python or no registry, which is
 * said on standard error (in CI it is an error).
 */
export function pythonWith(...packages: readonly string[]): string | undefined {
  const install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages];
  const folder = installOnce(
    "python",
    packages,
    (made) => runs("python3", ["-m", "venv", made]) && runs(join(made, "bin/python"), install),
  );
  const cure = "apt-get install python3-venv, and a way to PyPI";
  peerIsThere(`Python with ${packages.join(" ")}`, folder !== undefined, cure);
  return folder === undefined ? undefined : join(folder, "bin/python");
}

function runs(program: string, argv: readonly string[]): boolean {
  return spawnSync(program, argv, { stdio: "ignore", timeout: 180_000 }).status === 0;
}
