import { LabError } from "../../../src/core/errors.ts";

const TRIES_MAX = 3;

/**
 * Does what is done at the birth, again where the device did not answer as itself: a late answer to an earlier question may have
 * stood in the place. Thus on three connections in a row it is another device: TL-3202, not to be tried again.
 */
export async function openAsItself(check: () => Promise<void>): Promise<void> {
  for (let times = 1; ; times++) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== "TL-3202" || !error.retryable) throw error;
      if (times >= TRIES_MAX) throw new LabError("TL-3202", error.message, { cause: error });
    }
  }
}
