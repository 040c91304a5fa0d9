import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { LabError } from "../core/errors.ts";

/**
 * A named export of a module that somebody else wrote: an object, or a function that makes it. TL-1002 where there is no such file,
 * TL-1031 where it cannot be loaded, has no such export or lacks a member that every one has.
 */
export async function loadExport<T>(
  file: string,
  name: string,
  members: readonly (keyof T & string)[],
): Promise<T> {
  if (!existsSync(file)) throw new LabError("TL-1002", `There is no module ${file}`);
  let exported: unknown;
  try {
    const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    const found = module[name];
    exported = typeof found === "function" ? await found() : found;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("TL-1031", `The module ${file} cannot be loaded: ${why}`, { cause });
  }
  if (typeof exported !== "object" || exported === null)
    throw new LabError("TL-1031", `The module ${file} exports no "${name}"`);
  const missing = members.find((member) => !(member in (exported as object)));
  if (missing !== undefined)
    throw new LabError("TL-1031", `"${name}" of the module ${file} has no "${missing}"`);
  return exported as T;
}
