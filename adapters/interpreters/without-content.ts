import { ERROR_CODES } from "../../src/core/error-codes/index.ts";
import { LabError } from "../../src/core/errors.ts";
import type { DataReference } from "../../src/domain/observation.ts";

/** What readers of frames say: they quote what they cannot understand. */
const ABOUT_FRAMES = /^TL-70(0\d|11)$/;

/**
 * Reads what an instrument referred to. What is wrong with the file is told by its kind and line only: whoever names a file must not
 * get its words into the log, the page and the topics.
 */
export async function withoutContent<Result>(
  { uri }: DataReference,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof LabError) || !ABOUT_FRAMES.test(error.code)) throw error;
    const { line } = error.context;
    const where = typeof line === "number" ? `${uri} line ${line}` : uri;
    throw new LabError(error.code, `${where}: ${ERROR_CODES[error.code].what} (${error.code})`);
  }
}
