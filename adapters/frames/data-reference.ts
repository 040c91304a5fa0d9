import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LabError } from "../../src/core/errors.ts";
import type { DataReference } from "../../src/domain/observation.ts";

/** Reference of a file on this machine (or on a file system shared with the agent). Throws TL-1002. */
export async function referTo(path: string): Promise<DataReference> {
  const { sha256, bytes } = await digest(path);
  return { uri: pathToFileURL(path).href, sha256, bytes };
}

/**
 * The local path of a reference, after its checksum has been verified.
 * Throws TL-1002 where it cannot be read, TL-7020 where it is not what was announced.
 */
export async function fetchReference(reference: DataReference): Promise<string> {
  if (!reference.uri.startsWith("file:"))
    throw new LabError("TL-1002", `${reference.uri} cannot be read: only file: references can`, {
      hint: "Let runner and agent share a file system, and the runner name its files there.",
    });
  const path = fileURLToPath(reference.uri);
  const { sha256, bytes } = await digest(path);
  if (sha256 !== reference.sha256 || bytes !== reference.bytes)
    throw new LabError(
      "TL-7020",
      `${path} has ${bytes} bytes and sha256 ${sha256.slice(0, 12)}.., announced were ` +
        `${reference.bytes} and ${reference.sha256.slice(0, 12)}..`,
    );
  return path;
}

async function digest(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw new LabError("TL-1002", `${path} cannot be read`, { cause: error });
  }
  return { sha256: hash.digest("hex"), bytes };
}
