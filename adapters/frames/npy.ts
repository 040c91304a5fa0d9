import { closeSync, openSync, writeSync } from "node:fs";
import { LabError } from "../../src/core/errors.ts";

const HEADER_BYTES = 128;

/** Writes a two-dimensional array of doubles row by row; the number of rows is known only at the end. */
export interface NpyWriter {
  /** Returns when the rows are written, so that their memory may be used again. Throws TL-1003. */
  append(rows: Float64Array): void;
  close(): void;
}

/**
 * Opens a NumPy .npy file (format 1.0, little-endian float64, C order) of `columns` columns.
 * Throws TL-1003 where it cannot be written. Source: numpy.lib.format.
 */
export function createNpyWriter(path: string, columns: number): NpyWriter {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      throw new LabError("TL-1003", `${path} cannot be written`, { cause });
    }
  };
  const file = attempt(() => openSync(path, "w"));
  let rows = 0;
  let position = HEADER_BYTES;
  attempt(() => writeAll(file, headerOf(rows, columns), 0));
  return {
    append: (values) => {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      attempt(() => writeAll(file, bytes, position));
      position += bytes.length;
      rows += values.length / columns;
    },
    close: () => {
      attempt(() => writeAll(file, headerOf(rows, columns), 0));
      closeSync(file);
    },
  };
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function headerOf(rows: number, columns: number): Buffer {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = Buffer.alloc(HEADER_BYTES, " ");
  header.write("\x93NUMPY\x01\x00", 0, "latin1");
  header.writeUInt16LE(HEADER_BYTES - 10, 8);
  header.write(text, 10, "latin1");
  header.write("\n", HEADER_BYTES - 1, "latin1");
  return header;
}
