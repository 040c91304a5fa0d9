import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./install-once.ts";
import { peerIsThere } from "./peer.ts";

/**
 * A folder whose node_modules holds these pinned packages, which are too large for everybody's; installed once a machine. `undefined`
 * where there is no registry, which is said on standard error (in CI it is an error).
 */
export function npmFolderWith(...packages: readonly string[]): string | undefined {
  const quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
  const folder = installOnce("npm", packages, (made) => {
    writeFileSync(join(made, "package.json"), '{"private":true}\n');
    const how = { cwd: made, stdio: "ignore", timeout: 300_000 } as const;
    return spawnSync("npm", ["install", ...quiet, ...packages], how).status === 0;
  });
  peerIsThere(packages.join(" "), folder !== undefined, "a way to the npm registry");
  return folder;
}
