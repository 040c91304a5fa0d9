import { existsSync } from "node:fs";
import { peerIsThere } from "./peer.ts";

/** Linux's file that takes nothing: each write to it is ENOSPC, as on a disk that is full. */
export const FULL_DISK = "/dev/full";

export const hasFullDisk = peerIsThere(FULL_DISK, existsSync(FULL_DISK), "on Linux");
