import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LabError } from "../../src/core/errors.ts";
import type { DataReference } from "../../src/domain/observation.ts";

/** Which files an instrument may refer to. */
export interface FileRules {
  /** Absolute folders; a file lies below one of them, its links resolved. Absent: wherever the reader may read. */
  readonly roots?: readonly string[] | undefined;
  /** Larger files are not read. */
  readonly bytes_max?: number | undefined;
}

/** Reading more would take longer than an interpretation may. */
const BYTES_MAX = 64 * 2 ** 30;

/** Reference of a file on this machine (or on a file system shared with the agent). Throws TL-1002. */
export async function referTo(path: string): Promise<DataReference> {
  const { sha256, bytes } = await digest(path);
  return { uri: pathToFileURL(path).href, sha256, bytes };
}

/**
 * The real path of a reference to a regular file of the announced size below a root: nothing is opened, so that neither a device
 * nor a pipe nor a large file takes time. What is refused outside of the roots tells nothing of what is there.
 * Throws TL-7021 where it may not be read, TL-1002 where it cannot be, TL-7020 where it has another size.
 */
export async function locateReference(
  { uri, bytes }: DataReference,
  rules: FileRules = {},
): Promise<string> {
  const path = pathOf(uri);
  const { roots, bytes_max = BYTES_MAX } = rules;
  const reals = await Promise.all((roots ?? []).map((root) => realpath(root).catch(() => root)));
  const allowed = roots && [...roots, ...reals];
  if (allowed?.some((root) => isBelow(root, path)) === false) throw outside(uri);
  const real = await realpath(path).catch((cause: unknown) => {
    throw unreadable(uri, cause);
  });
  if (roots !== undefined && !reals.some((root) => isBelow(root, real))) throw outside(uri);
  const found = await stat(real).catch((cause: unknown) => {
    throw unreadable(uri, cause);
  });
  if (!found.isFile()) throw new LabError("TL-7021", `${uri} is no regular file`);
  if (found.size > bytes_max)
    throw new LabError("TL-7021", `${uri} has more than ${bytes_max} bytes (files.bytes_max)`);
  if (found.size !== bytes)
    throw new LabError("TL-7020", `${uri} has not the ${bytes} bytes that were announced`);
  return real;
}

/** {@link locateReference}, and its checksum has been verified. TL-7020 where it is not what was announced. */
export async function fetchReference(
  reference: DataReference,
  rules: FileRules = {},
): Promise<string> {
  const path = await locateReference(reference, rules);
  const found = await digest(path);
  if (found.sha256 !== reference.sha256 || found.bytes !== reference.bytes)
    throw new LabError("TL-7020", `${reference.uri} has not the announced checksum`);
  return path;
}

function pathOf(uri: string): string {
  if (!uri.startsWith("file:"))
    throw new LabError("TL-1002", `${uri} cannot be read: only file: references can`, {
      hint: "Let runner and agent share a file system, and the runner name its files there.",
    });
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new LabError("TL-7021", `${uri} is no address of a file of this machine`, { cause });
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(resolve(root), path);
  return way !== "" && !/^\.\.(\/|$)/.test(way) && !isAbsolute(way);
}

function outside(uri: string): LabError {
  return new LabError("TL-7021", `${uri} lies outside of the folders that may be read`);
}

function unreadable(uri: string, cause: unknown): LabError {
  return new LabError("TL-1002", `${uri} cannot be read`, { cause });
}

async function digest(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    // Should a pipe have taken the file's place meanwhile, opening it must not wait for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // A stream that has ended, or that is left, closes its file.
    for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw new LabError("TL-1002", `${path} cannot be read`, { cause: error });
  }
  return { sha256: hash.digest("hex"), bytes };
}
