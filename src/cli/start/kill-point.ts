import type { KillPoint } from "../../runtime/ports.ts";

/**
 * For tests of durability only: `TIELINE_KILL_AT=after-append:17` ends the process by SIGKILL when it comes to that
 * point for the 17th time.
 */
export function killPointFromEnvironment(): ((point: KillPoint) => void) | undefined {
  const setting = process.env["TIELINE_KILL_AT"];
  if (setting === undefined || setting === "") return undefined;
  const [name, count] = setting.split(":");
  let left = Number(count ?? 1);
  return (point) => {
    if (point === name && --left === 0) process.kill(process.pid, "SIGKILL");
  };
}
