import { stat } from "node:fs/promises";
import { LabError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/domain/frame.ts";
import { readConquestFrame } from "./conquest-frames.ts";
import { readExtendedXyz } from "./extended-xyz.ts";
import { refuseDense } from "./frame-density.ts";
import { type DumpHeader, readLammpsDump } from "./lammps-dump.ts";
import { endsInside, type LineSource, nextLine, openLines } from "./line-source.ts";
import { readXsfFrame, type XsfHeader } from "./xsf.ts";

export type FrameFormat = "extxyz" | "lammps-dump" | "conquest" | "xsf";

/** A frame with how far its file has been read, 0..1. */
export interface ReadFrame {
  readonly frame: Frame;
  readonly fraction: number;
}

/**
 * Reads a file of frames one by one: extended XYZ, LAMMPS text dump, CONQUEST md.frames or XSF, plain or gzip, told by
 * its content. Only one frame is in memory, whatever the size of the file.
 * Throws TL-1002 (unreadable), TL-7004 (unknown format), TL-7002 (with the line), TL-7003 (ends inside a frame, after its
 * whole frames), TL-7006 (lengths that are not A).
 */
export async function* readFrames(path: string): AsyncGenerator<ReadFrame> {
  const source = await openLines(path);
  try {
    const { size } = await stat(path);
    const format = await detectFormat(source);
    const read = frameReader(format, source);
    for (let index = 0; ; index++) {
      const frame = await read(index).catch((error: unknown) => {
        throw whereCut(source, error);
      });
      if (frame === undefined) {
        if (index === 0) throw new LabError("TL-7003", `${path} holds no frame`);
        return;
      }
      if (frame.atoms === 0)
        throw new LabError("TL-7002", `${path} frame ${index} (line ${source.line}) has no atoms`);
      refuseDense(path, frame);
      yield { frame, fraction: Math.min(1, source.bytesRead / Math.max(1, size)) };
    }
  } finally {
    source.close();
  }
}

/**
 * The same, but a file that is still being written, or was cut, gives its whole frames: `onCut` hears where it ends. Throws
 * TL-7003 only where there is no whole frame.
 */
export async function* readWholeFrames(
  path: string,
  onCut: (where: string) => void,
): AsyncGenerator<ReadFrame> {
  let whole = 0;
  try {
    for await (const read of readFrames(path)) {
      yield read;
      whole++;
    }
  } catch (error) {
    const isCut = error instanceof LabError && error.code === "TL-7003" && whole > 0;
    if (!isCut) throw error;
    onCut(`${error.message}. The file's ${whole} whole frames were used (TL-7003).`);
  }
}

/** What cannot be understood in the last line of a file that has no line end is a frame that is still being written. */
function whereCut(source: LineSource, error: unknown): unknown {
  const isUnread = error instanceof LabError && error.code === "TL-7002";
  if (!isUnread || !source.endsInside()) return error;
  return endsInside(source, `its last line is cut inside (${error.message})`);
}

function frameReader(
  format: FrameFormat,
  source: LineSource,
): (index: number) => Promise<Frame | undefined> {
  switch (format) {
    case "extxyz":
      return (index) => readExtendedXyz(source, index);
    case "lammps-dump": {
      const header: DumpHeader = { units: undefined };
      return (index) => readLammpsDump(source, index, header);
    }
    case "conquest":
      return (index) => readConquestFrame(source, index);
    case "xsf": {
      const header: XsfHeader = {
        periodic: [true, true, true],
        cell: undefined,
        steps: undefined,
      };
      return (index) => readXsfFrame(source, index, header);
    }
  }
}

async function detectFormat(source: LineSource): Promise<FrameFormat> {
  let line = await nextLine(source);
  while (line !== undefined && (line.trim() === "" || line.startsWith("#")))
    line = await nextLine(source);
  if (line === undefined) throw new LabError("TL-7003", `${source.path} is empty`);
  source.putBack(line);
  if (line.startsWith("ITEM:")) return "lammps-dump";
  if (/^\s*\d+\s*$/.test(line)) return "extxyz";
  if (/^\s*frame\s+\d+/.test(line)) return "conquest";
  if (/^\s*(ANIMSTEPS|CRYSTAL|SLAB|POLYMER|MOLECULE|PRIMVEC|ATOMS|DIM-GROUP)\b/.test(line))
    return "xsf";
  throw new LabError(
    "TL-7004",
    `${source.path} begins with "${line.trim().slice(0, 40)}", which no known format does`,
  );
}
