import { type FileHandle, open } from "node:fs/promises";
import { LabError } from "../../src/core/errors.ts";

const HEADER_BYTES = 128;

/** Writes a two-dimensional array of doubles row by row; the number of rows is known only at the end. */
export interface NpyWriter {
  append(rows: Float64Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a NumPy .npy file (format 1.0, little-endian float64, C order) of `columns` columns.
 * Throws TL-1003 where it cannot be written. Source: numpy.lib.format.
 */
export async function createNpyWriter(path: string, columns: number): Promise<NpyWriter> {
  const file = await open(path, "w").catch((error: unknown) => {
    throw new LabError("TL-1003", `${path} cannot be written`, { cause: error });
  });
  let rows = 0;
  await writeHeader(file, rows, columns);
  let position = HEADER_BYTES;
  return {
    append: async (values) => {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      await file.write(bytes, 0, bytes.length, position);
      position += bytes.length;
      rows += values.length / columns;
    },
    close: async () => {
      await writeHeader(file, rows, columns);
      await file.close();
    },
  };
}

async function writeHeader(file: FileHandle, rows: number, columns: number): Promise<void> {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = Buffer.alloc(HEADER_BYTES, " ");
  header.write("\x93NUMPY\x01\x00", 0, "latin1");
  header.writeUInt16LE(HEADER_BYTES - 10, 8);
  header.write(text, 10, "latin1");
  header.write("\n", HEADER_BYTES - 1, "latin1");
  await file.write(header, 0, HEADER_BYTES, 0);
}
