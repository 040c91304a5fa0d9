import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { LabError } from "../../src/core/errors.ts";
import { CHECKSUMS_FILE, findChanged } from "./checksums.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

/** Writes files below a folder that is empty or not there, or into one ZIP file. TL-1003 where it cannot. */
export function writeBundle(out: string, files: Files): void {
  try {
    if (isZip(out)) {
      writeFileSync(out, zipSync(Object.fromEntries(files), { level: 6 }), { flag: "wx" });
      return;
    }
    for (const [path, content] of files) {
      const file = join(out, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { flag: "wx" });
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("TL-1003", `${out} cannot be written (${reason})`, {
      hint: "Name a folder or a .zip file that is not there yet.",
      cause,
    });
  }
}

/**
 * The folder of a bundle, its checksums held: the folder itself, or a ZIP file unpacked into a temporary one that `close` removes.
 * Any other folder is given back as it is. TL-4009 where a file is not what was bundled.
 */
export function openBundle(path: string): { readonly folder: string; close(): void } {
  if (!isZip(path)) {
    refuseChanged(path, path);
    return { folder: path, close: () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "tieline-bundle-"));
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const [name, content] of Object.entries(unzipped(path))) {
      if (name.endsWith("/")) continue;
      const file = resolve(folder, name);
      if (!file.startsWith(folder + sep)) throw broken(path, `${name} lies outside it`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    refuseChanged(folder, path);
  } catch (error) {
    close();
    throw error;
  }
  return { folder, close };
}

function unzipped(path: string): Record<string, Uint8Array> {
  let content: Uint8Array;
  try {
    content = readFileSync(path);
  } catch (cause) {
    throw new LabError("TL-4001", `There is no bundle ${path}`, { cause });
  }
  try {
    return unzipSync(content);
  } catch (cause) {
    throw broken(path, "it is no ZIP file", cause);
  }
}

function refuseChanged(folder: string, named: string): void {
  const checksums = join(folder, CHECKSUMS_FILE);
  if (!existsSync(checksums)) return;
  const changed = findChanged(readFileSync(checksums, "utf8"), (path) => {
    const file = join(folder, path);
    return existsSync(file) ? readFileSync(file) : undefined;
  });
  if (changed !== undefined) throw broken(named, changed);
}

function broken(path: string, why: string, cause?: unknown): LabError {
  return new LabError("TL-4009", `${path} is not what was bundled: ${why}`, { cause });
}

function isZip(path: string): boolean {
  return /\.zip$/i.test(path);
}
