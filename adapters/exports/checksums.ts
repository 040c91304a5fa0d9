import { createHash } from "node:crypto";

/** Where a bundle's checksums stand, in the form that `sha256sum -c` reads. */
export const CHECKSUMS_FILE = "SHA256SUMS";

export function sha256Of(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

export function checksumsText(
  files: readonly { readonly path: string; readonly sha256: string }[],
): string {
  return files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join("");
}

/**
 * The first file that is not what the checksums say (changed, or gone), in words; `undefined` where all are. `read` gives `undefined`
 * for a file that is not there.
 */
export function findChanged(
  checksums: string,
  read: (path: string) => Uint8Array | undefined,
): string | undefined {
  for (const line of checksums.split("\n")) {
    const [, sha256, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined) continue;
    const content = read(path);
    if (content === undefined) return `${path} is gone`;
    if (sha256Of(content) !== sha256) return `${path} was changed`;
  }
  return undefined;
}
