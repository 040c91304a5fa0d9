import type { Logger } from "../../core/logger.ts";
import type { CommandIo } from "../command.ts";
import { createProgress, formatDuration } from "../output/progress.ts";

/** Told how far the log is folded at the start: a long one without a snapshot takes minutes. */
export interface ReplayProgress {
  update(position: number, last: number): void;
  finish(): void;
}

const TELL_EVERY_ms = 10_000;

/** A bar in a terminal; elsewhere a line of the daemon's log every ten seconds, the first after ten. */
export function createReplayProgress(
  io: CommandIo,
  logger: Logger,
  now_ms: () => number = () => performance.now(),
): ReplayProgress {
  const bar = createProgress(io, "Reading the log");
  let begun: { readonly at_ms: number; readonly position: number } | undefined;
  let told_ms: number | undefined;
  return {
    update: (position, last) => {
      bar.update(position, last, "(only the first start of this program reads all of it)");
      const at_ms = now_ms();
      begun ??= { at_ms, position };
      told_ms ??= at_ms;
      if (at_ms - told_ms < TELL_EVERY_ms) return;
      told_ms = at_ms;
      const perEvent_ms = (at_ms - begun.at_ms) / Math.max(1, position - begun.position);
      const left = formatDuration(((last - position) * perEvent_ms) / 1000);
      logger.info({ position, last, left }, "log.folding");
    },
    finish: () => bar.finish(),
  };
}
