import type { CommandIo } from "../command.ts";

/** Progress of long work on standard error: a bar with the remaining time in a terminal, nothing elsewhere. */
export interface Progress {
  update(done: number, total: number, message?: string): void;
  finish(): void;
}

const REDRAW_ms = 100;
const WIDTH = 24;

export function createProgress(io: CommandIo, label: string): Progress {
  let started_ms = performance.now();
  let last = { done: 0, total: 0 };
  let updated_ms = started_ms;
  let drawn_ms = Number.NEGATIVE_INFINITY;
  return {
    update: (done, total, message = "") => {
      const now_ms = performance.now();
      // Another stage of the work begins: its remaining time is judged by itself.
      const isNewStage = last.total > 0 && (done < last.done || total !== last.total);
      if (isNewStage) started_ms = updated_ms;
      updated_ms = now_ms;
      last = { done, total };
      if (!io.interactive || (now_ms - drawn_ms < REDRAW_ms && done < total)) return;
      drawn_ms = now_ms;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const bar = drawBar(share, WIDTH);
      const left_s = share > 0 ? ((now_ms - started_ms) * (1 / share - 1)) / 1000 : 0;
      io.err(`\r\x1b[2K${label} ${bar} ${done}/${total} ${formatDuration(left_s)} left ${message}`);
    },
    finish: () => {
      if (io.interactive) io.err("\r\x1b[2K");
    },
  };
}

/** A share 0..1 as so many letters. */
export function drawBar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** `75` -> `1 min 15 s`. */
export function formatDuration(duration_s: number): string {
  if (!Number.isFinite(duration_s)) return "?";
  const s = Math.max(0, Math.round(duration_s));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
