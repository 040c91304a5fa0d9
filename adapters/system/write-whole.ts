import { renameSync, writeFileSync } from "node:fs";

/**
 * Writes a file whole or not at all, also over a power cut: it is on the disk under another name before it takes its own, so that who
 * looks in between sees the file of before, or none. `draft`: that other name, on the same file system.
 */
export function writeWhole(
  file: string,
  content: string | Uint8Array,
  draft: string = `${file}.part`,
): void {
  writeFileSync(draft, content, { flush: true });
  renameSync(draft, file);
}
