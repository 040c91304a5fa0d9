import { writeFile } from "node:fs/promises";
import { LabError } from "../../core/errors.ts";

/** Writes a file that the user named. Throws TL-1003 with the reason. */
export async function writeNamedFile(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("TL-1003", `${file} cannot be written (${reason})`, { cause });
  }
}
