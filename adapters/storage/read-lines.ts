import { open } from "node:fs/promises";

const CHUNK_BYTES = 1 << 18;

/** Lines of a part of a file without loading it whole; a last line without its newline has `isWhole` false. */
export async function* readLines(
  path: string,
  {
    from = 0,
    to = Number.POSITIVE_INFINITY,
  }: { readonly from?: number; readonly to?: number } = {},
): AsyncGenerator<{ readonly text: string; readonly isWhole: boolean }> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let at = from;
    for (;;) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, to - at));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      let data =
        rest.length === 0
          ? chunk.subarray(0, bytesRead)
          : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
        yield { text: data.toString("utf8", 0, end), isWhole: true };
        data = data.subarray(end + 1);
      }
      rest = data;
    }
    if (rest.length > 0) yield { text: rest.toString("utf8"), isWhole: false };
  } finally {
    await file.close();
  }
}
