import { dirname, resolve } from "node:path";
import type { LoadedConfiguration } from "./load-configuration.ts";

/** Which files instruments may refer to: those of the data folder, of `files.roots`, and the recorded ones of a simulated laboratory. */
export function fileRules(
  { configuration, folder }: Pick<LoadedConfiguration, "configuration" | "folder">,
  dataFolder: string,
): { readonly roots: readonly string[]; readonly bytes_max?: number | undefined } {
  const { files, laboratory } = configuration;
  const recorded = laboratory?.simulated.recorded;
  const ofRecorded = recorded === undefined ? [] : [dirname(resolve(folder, recorded))];
  const roots = files.roots.map((root) => resolve(folder, root));
  return { roots: [resolve(dataFolder), ...roots, ...ofRecorded], bytes_max: files.bytes_max };
}
