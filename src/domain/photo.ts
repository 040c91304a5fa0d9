import type { DataReference } from "./observation.ts";

/** Kinds of picture that every browser shows and none executes; others are refused. */
export const PHOTO_TYPES = { jpg: "image/jpeg", png: "image/png", webp: "image/webp" } as const;
export type PhotoType = keyof typeof PHOTO_TYPES;

/** A photograph of today's phones has 2 to 8 MB. */
export const PHOTO_BYTES_MAX = 12 << 20;
/** All that the daemon keeps, unless its configuration says otherwise: 1000 to 5000 photographs. */
export const PHOTOS_MB_MAX = 10_000;
/** Of one word. */
export const PHOTOS_MAX = 12;

/** The kind of a picture by its first bytes, whatever its name and sender say. */
export function photoType(bytes: Uint8Array): PhotoType | undefined {
  const begins = (signature: readonly number[], at = 0): boolean =>
    signature.every((byte, k) => bytes[at + k] === byte);
  if (begins([0xff, 0xd8, 0xff])) return "jpg";
  if (begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  return begins([0x52, 0x49, 0x46, 0x46]) && begins([0x57, 0x45, 0x42, 0x50], 8)
    ? "webp"
    : undefined;
}

/** The file of a photograph that the daemon keeps: by its contents, so that nothing ever takes its place. */
export function photoFile(sha256: string, type: PhotoType): string {
  return `${sha256}.${type}`;
}

const KEPT = /\/photos\/([0-9a-f]{64})\.(?:jpg|png|webp)$/;

/** Those of a word's references that are photographs which the daemon keeps. */
export function photosOf(
  raw: readonly DataReference[] | undefined,
): readonly DataReference[] | undefined {
  const photos = (raw ?? []).filter(({ uri, sha256 }) => KEPT.exec(uri)?.[1] === sha256);
  return photos.length === 0 ? undefined : photos;
}
