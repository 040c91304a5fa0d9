import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerIsThere } from "./peer.ts";

/**
 * A folder whose node_modules holds these pinned packages, which are too large for everybody's; installed once a machine. `undefined`
 * where there is no registry, which is said on standard error (in CI it is an error).
 */
export function npmFolderWith(...packages: readonly string[]): string | undefined {
  const name = packages.join("-").replace(/[^A-Za-z0-9.]+/g, "-");
  const folder = join(tmpdir(), `tieline-npm-${name}`);
  if (existsSync(folder)) return folder;
  const made = mkdtempSync(`${folder}.`);
  writeFileSync(join(made, "package.json"), '{"private":true}\n');
  const quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
  const { status } = spawnSync("npm", ["install", ...quiet, ...packages], {
    ...{ cwd: made, stdio: "ignore", timeout: 300_000 },
  });
  if (status === 0 && !existsSync(folder)) renameSync(made, folder);
  else rmSync(made, { recursive: true, force: true });
  const cure = "a way to the npm registry";
  return peerIsThere(packages.join(" "), existsSync(folder), cure) ? folder : undefined;
}
