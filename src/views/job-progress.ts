import type { LabFold } from "./lab-fold.ts";

/** How far a job is, as its instrument says. */
export interface JobProgress {
  readonly instrumentId: string;
  readonly jobId: string;
  readonly fraction: number;
  readonly text?: string | undefined;
}

/** Progress is shown, not kept: of a job, or of a load, whose samples share it. */
export function noteProgress(fold: LabFold, progress: JobProgress): void {
  const { jobId, fraction, text, instrumentId } = progress;
  const { state } = fold.options;
  const campaignId = state.locateJob(jobId)?.campaignId ?? state.campaignOfLoad?.(jobId);
  if (campaignId === undefined) return;
  fold.progress.set(jobId, { fraction, text });
  fold.instruments.get(instrumentId)?.progress(jobId, fraction, text);
  fold.changed.add(`campaign/${campaignId}`).add("overview");
}
