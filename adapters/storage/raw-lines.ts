import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";

const CHUNK_BYTES = 1 << 22;

/** One line as bytes, without its newline; valid until the callback returns. */
export interface RawLine {
  readonly bytes: Buffer;
  /** Where it begins in the file. */
  readonly at: number;
  /** False for a last line without its newline. */
  readonly isWhole: boolean;
}

/** Passes the lines of a part of a file, in order, without decoding them; false from `onLine` ends it. */
export async function eachRawLine(
  path: string,
  part: { readonly from: number; readonly to?: number | undefined },
  onLine: (line: RawLine) => boolean | undefined,
): Promise<void> {
  let rest: Buffer[] = [];
  let at = part.from;
  let goesOn = true;
  await eachChunk(path, part, (chunk) => {
    let begin = 0;
    for (let end = chunk.indexOf(10); end >= 0 && goesOn; end = chunk.indexOf(10, begin)) {
      const piece = chunk.subarray(begin, end);
      const bytes = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      begin = end + 1;
      goesOn = onLine({ bytes, at, isWhole: true }) !== false;
      at += bytes.length + 1;
    }
    if (begin < chunk.length) rest.push(Buffer.from(chunk.subarray(begin)));
    return goesOn;
  });
  if (goesOn && rest.length > 0) onLine({ bytes: Buffer.concat(rest), at, isWhole: false });
}

/** CRC-32 of the first bytes of a file, going on from `sum` at `from`; `undefined` where the file is shorter. */
export async function checksumOf(
  path: string,
  part: { readonly from: number; readonly to: number },
  sum = 0,
): Promise<number | undefined> {
  let all = sum;
  let at = part.from;
  await eachChunk(path, part, (chunk) => {
    all = crc32(chunk, all);
    at += chunk.length;
    return true;
  });
  return at === part.to ? all : undefined;
}

async function eachChunk(
  path: string,
  {
    from,
    to = Number.POSITIVE_INFINITY,
  }: { readonly from: number; readonly to?: number | undefined },
  onChunk: (chunk: Buffer) => boolean,
): Promise<void> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return;
  try {
    const size = Math.max(0, Math.min((await file.stat()).size, to) - from);
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, size)));
    for (let at = from; at < to; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      if (!onChunk(buffer.subarray(0, bytesRead))) return;
    }
  } finally {
    await file.close();
  }
}
