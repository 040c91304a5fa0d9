import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { CrossProblem } from "./cross-problem.ts";
import type { Configuration } from "./schema.ts";

/** Modules of one's own that the configuration names and that are not there; they are loaded at the start only. */
export function checkModules(
  { runners, interpreters }: Configuration,
  folder: string,
): CrossProblem[] {
  const named = [
    ...runners.flatMap((runner, k) =>
      "device" in runner ? [{ path: ["runners", k, "device"], file: runner.device }] : [],
    ),
    ...interpreters.map((file, k) => ({ path: ["interpreters", k], file })),
  ];
  return named
    .filter(({ file }) => !existsSync(resolve(folder, file)))
    .map(({ path, file }) => ({
      path,
      text: `there is no module ${resolve(folder, file)}; paths are relative to this file`,
    }));
}
