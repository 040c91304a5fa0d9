import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { LabError } from "../../src/core/errors.ts";
import type { DataReference } from "../../src/domain/observation.ts";
import {
  PHOTO_BYTES_MAX,
  PHOTO_TYPES,
  PHOTOS_MB_MAX,
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
  /** Kept when it resolves. TL-9008: no picture, or too large. TL-9009: no room for it. TL-1003: it cannot be written. */
  keep(bytes: Uint8Array): DataReference;
  /** Where it lies; `undefined` where there is none of these contents. */
  find(sha256: string): DataReference | undefined;
  /** `undefined` where there is none, or its contents are others by now. */
  read(sha256: string): Photo | undefined;
}

const MB = 1_000_000;
/** What photographs leave free on their disk, which is often the event log's too: a full one stops the daemon. */
const FREE_MB_MIN = 500;

export interface PhotoRoom {
  /** All of them together; `page.photos_MB_max` of the configuration. */
  readonly photos_MB_max?: number;
  /** What is free on the disk of a folder. */
  readonly free_MB?: (folder: string) => number;
}

export function openPhotoStore(dataFolder: string, room: PhotoRoom = {}): PhotoStore {
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
      if (!existsSync(path)) put({ folder, path, bytes, room });
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

function put(about: {
  readonly folder: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly room: PhotoRoom;
}): void {
  const { folder, path, bytes, room } = about;
  const part = `${path}.${process.pid}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    refuseWithoutRoom(folder, bytes.length, room);
    writeWhole(path, bytes, part);
  } catch (cause) {
    rmSync(part, { force: true });
    if (cause instanceof LabError) throw cause;
    throw new LabError("TL-1003", `A photograph cannot be kept in ${folder}`, { cause });
  }
}

/** Counted anew each time, for people move old ones away, and a standby may share the folder: some ms for thousands. */
function refuseWithoutRoom(folder: string, bytes: number, room: PhotoRoom): void {
  const { photos_MB_max = PHOTOS_MB_MAX, free_MB = freeOn } = room;
  // One that goes meanwhile takes no room any more.
  const files = readdirSync(folder).map(
    (file) => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0,
  );
  const taken_MB = files.reduce((sum, size) => sum + size, 0) / MB;
  if (taken_MB + bytes / MB > photos_MB_max)
    throw new LabError(
      "TL-9009",
      `Photographs take ${inMB(taken_MB)} of the ${photos_MB_max} MB that they may (page.photos_MB_max), and this one has ${inMB(bytes / MB)}`,
    );
  const left_MB = free_MB(folder) - bytes / MB;
  if (left_MB < FREE_MB_MIN)
    throw new LabError(
      "TL-9009",
      `The disk of the photographs would have ${inMB(Math.max(0, left_MB))} left: ${FREE_MB_MIN} MB stay free for the log`,
    );
}

/** What is free on the disk of a folder for whoever is no administrator, in MB. */
export function freeOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / MB;
}

function inMB(amount_MB: number): string {
  return `${Number(amount_MB.toPrecision(amount_MB < 100 ? 2 : 4))} MB`;
}
