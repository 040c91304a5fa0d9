import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { LabError } from "../../src/core/errors.ts";
import type { DataReference } from "../../src/domain/observation.ts";
import {
  PHOTO_BYTES_MAX,
  PHOTO_TYPES,
  type PhotoType,
  photoFile,
  photoType,
} from "../../src/domain/photo.ts";
import { writeWhole } from "../system/write-whole.ts";

/** One photograph as it is shown. */
export interface Photo {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** Photographs of the bench, below `photos` of the data folder, each named by its contents. */
export interface PhotoStore {
  /** Kept when it resolves. TL-9008 where it is no picture or too large, TL-1003 where it cannot be written. */
  keep(bytes: Uint8Array): DataReference;
  /** Where it lies; `undefined` where there is none of these contents. */
  find(sha256: string): DataReference | undefined;
  /** `undefined` where there is none, or its contents are others by now. */
  read(sha256: string): Photo | undefined;
}

export function openPhotoStore(dataFolder: string): PhotoStore {
  const folder = resolve(dataFolder, "photos");
  const placeOf = (sha256: string): { type: PhotoType; path: string } | undefined => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    return (Object.keys(PHOTO_TYPES) as PhotoType[])
      .map((type) => ({ type, path: join(folder, photoFile(sha256, type)) }))
      .find(({ path }) => existsSync(path));
  };
  return {
    keep: (bytes) => {
      if (bytes.length > PHOTO_BYTES_MAX)
        throw new LabError("TL-9008", `It has more than ${PHOTO_BYTES_MAX >> 20} MB`);
      const type = photoType(bytes);
      if (type === undefined) throw new LabError("TL-9008", "It is no JPEG, PNG or WebP picture");
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = join(folder, photoFile(sha256, type));
      if (!existsSync(path)) put(folder, path, bytes);
      return { uri: pathToFileURL(path).href, sha256, bytes: bytes.length };
    },
    find: (sha256) => {
      const place = placeOf(sha256);
      if (place === undefined) return undefined;
      const bytes = readFileSync(place.path).length;
      return { uri: pathToFileURL(place.path).href, sha256, bytes };
    },
    read: (sha256) => {
      const place = placeOf(sha256);
      if (place === undefined) return undefined;
      const bytes = readFileSync(place.path);
      const isSame = createHash("sha256").update(bytes).digest("hex") === sha256;
      return isSame ? { bytes, mediaType: PHOTO_TYPES[place.type] } : undefined;
    },
  };
}

function put(folder: string, path: string, bytes: Uint8Array): void {
  const part = `${path}.${process.pid}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(path, bytes, part);
  } catch (cause) {
    rmSync(part, { force: true });
    throw new LabError("TL-1003", `A photograph cannot be kept in ${folder}`, { cause });
  }
}
