import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { LabError } from "../../src/core/errors.ts";

/** Lines of a text file as they are read; no more than one chunk of it is in memory. */
export interface LineSource {
  readonly path: string;
  /** Number of the line handed out last, from 1. */
  readonly line: number;
  /** Bytes of the file consumed so far, compressed ones where it is compressed: for progress. */
  readonly bytesRead: number;
  /** The next line where it is at hand; `undefined` means: await {@link refill} and ask again, or the end if it says false. */
  take(): string | undefined;
  /** Reads on. False at the end of the file. */
  refill(): Promise<boolean>;
  /** True where the whole file has been handed out and its last line has no line end: it may still be written. */
  endsInside(): boolean;
  /** Gives back one line, to be taken again. */
  putBack(line: string): void;
  close(): void;
}

const CHUNK_BYTES = 1 << 20;
/** A line longer than this is no line of coordinates: binary data, or a file of another kind. */
const LINE_CHARACTERS_MAX = 1 << 20;

/**
 * Opens a plain or gzip-compressed file (told by its first bytes, not by its name).
 * Throws TL-1002 where it cannot be read, TL-7002 for a broken gzip stream or a line beyond 1 MiB.
 */
export async function openLines(path: string): Promise<LineSource> {
  const compressed = await isGzip(path);
  const raw = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const stream = compressed ? raw.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : raw;
  raw.on("error", (error) => stream.destroy(error));
  return createLineSource(path, stream, () => raw.bytesRead);
}

function createLineSource(path: string, stream: Readable, bytesRead: () => number): LineSource {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let text = "";
  let at = 0;
  let line = 0;
  let ended = false;
  const kept: string[] = [];
  return {
    path,
    get line() {
      return line;
    },
    get bytesRead() {
      return bytesRead();
    },
    take: () => {
      const again = kept.pop();
      if (again !== undefined) {
        line++;
        return again;
      }
      const end = text.indexOf("\n", at);
      if (end >= 0) {
        const found = text.slice(at, end);
        at = end + 1;
        line++;
        return found.endsWith("\r") ? found.slice(0, -1) : found;
      }
      if (!ended || at >= text.length) return undefined;
      const last = text.slice(at);
      at = text.length;
      line++;
      return last;
    },
    endsInside: () => ended && kept.length === 0 && at >= text.length && !text.endsWith("\n"),
    putBack: (given) => {
      kept.push(given);
      line--;
    },
    refill: async () => {
      if (ended) return at < text.length;
      if (text.length - at > LINE_CHARACTERS_MAX)
        throw new LabError("TL-7002", `${path} line ${line + 1} is longer than 1 MiB`);
      const next = await chunks.next().catch((error: unknown) => {
        throw readFailure(path, line, error);
      });
      if (next.done === true) ended = true;
      else {
        text = text.slice(at) + next.value.toString("latin1");
        at = 0;
      }
      return !ended || at < text.length;
    },
    close: () => void stream.destroy(),
  };
}

/** The next line, or `undefined` at the end of the file. */
export async function nextLine(source: LineSource): Promise<string | undefined> {
  for (;;) {
    const line = source.take();
    if (line !== undefined) return line;
    if (!(await source.refill())) return source.take();
  }
}

/** The next line; the end of the file is an error that names what was expected. */
export async function needLine(source: LineSource, expected: string): Promise<string> {
  const line = await nextLine(source);
  if (line === undefined) throw endsInside(source, `${expected} should follow`);
  return line;
}

/** TL-7003 at the line handed out last, the last of the file. */
export function endsInside(source: LineSource, what: string): LabError {
  return new LabError("TL-7003", `${source.path} ends after line ${source.line}: ${what}`, {
    context: { file: source.path, line: source.line },
  });
}

/** An error at the line handed out last. */
export function lineError(source: LineSource, what: string): LabError {
  return new LabError("TL-7002", `${source.path} line ${source.line}: ${what}`, {
    context: { file: source.path, line: source.line },
  });
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readFailure(path, 0, error);
  }
}

function readFailure(path: string, line: number, error: unknown): LabError {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ENOENT")
    return new LabError("TL-1002", `There is no file ${path}`, { cause: error });
  if (code.startsWith("Z_"))
    return new LabError("TL-7002", `${path} is a damaged gzip file (after line ${line})`, {
      cause: error,
    });
  const why = error instanceof Error ? error.message : String(error);
  return new LabError("TL-1002", `${path} cannot be read: ${why}`, { cause: error });
}
