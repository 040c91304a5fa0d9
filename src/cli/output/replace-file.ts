import { existsSync, realpathSync } from "node:fs";
import { open, rename, stat, unlink } from "node:fs/promises";
import { LabError } from "../../core/errors.ts";

/**
 * Writes a file whole or not at all: a new one takes its name once it is on the disk. Two at once: the second is refused. Throws
 * TL-1003 with the reason.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const target = existsSync(file) ? realpathSync(file) : file;
  const fresh = `${target}.new`;
  try {
    const mode = existsSync(target) ? (await stat(target)).mode : 0o666;
    const handle = await open(fresh, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
      await rename(fresh, target);
    } catch (error) {
      await unlink(fresh).catch(() => {});
      throw error;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const hint =
      code === "EEXIST"
        ? { hint: `Another command writes it, or one was killed: then remove ${fresh}.` }
        : {};
    throw new LabError("TL-1003", `${file} cannot be written (${message})`, { cause, ...hint });
  }
}
