import { isOnInstrument, type Lab, stateName } from "./lab.ts";

/** States of a job that has not begun: in each of them it keeps the place at which it came into the queue. */
const UNBEGUN = new Set(["queued", "reserved", "dispatched", "loaded", "unknown"]);

/** Notes after each step of a job whether it waits, at which place, and whether a restart (`isStart`) put it in doubt. */
export function trackJob(lab: Lab, jobId: string, isStart: boolean): void {
  const job = lab.machines.job.get(jobId);
  if (job === undefined) return;
  const name = stateName(job);
  if (!UNBEGUN.has(name)) lab.places.delete(jobId);
  if (name === "queued") enqueue(lab, jobId);
  else lab.queued.delete(jobId);
  if (name !== "unknown") lab.doubtful.delete(jobId);
  else if (isStart && isOnInstrument(job)) lab.doubtful.add(jobId);
}

/** Oldest first: a job whose start was lost comes back before those that it was chosen before. */
function enqueue(lab: Lab, jobId: string): void {
  const { queued, places } = lab;
  if (queued.has(jobId)) return;
  queued.add(jobId);
  if (lab.behaviour < 9 || !places.has(jobId)) {
    lab.queuedSoFar += 1;
    places.set(jobId, lab.queuedSoFar);
    return;
  }
  const inOrder = [...queued].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  queued.clear();
  for (const id of inOrder) queued.add(id);
}
