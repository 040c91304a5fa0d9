/** States of campaigns, jobs and points as a person reads them, on the page and in the terminal. */
const STATES: Readonly<Record<string, string>> = {
  draft: "not started",
  validated: "ready to start",
  "running.seeding": "measuring the first points",
  "running.proposing": "choosing the next points",
  "running.awaitingApproval": "waiting for approval",
  "running.measuring": "measuring",
  "running.hindered": "waiting for a correction",
  "running.updating": "learning from a result",
  pausing: "pausing after the jobs in flight",
  paused: "paused",
  suspended: "suspended",
  stopping: "stopping after the jobs in flight",
  stopped: "stopped",
  aborting: "aborting",
  aborted: "aborted",
  converged: "finished: nothing more to learn",
  budgetExhausted: "finished: budget spent",
  failed: "failed",
  emergencyStopped: "emergency stop",
  recovering: "asking the instruments what happened",
  awaitingApproval: "waits for approval",
  inFlight: "in flight",
  queued: "waits for an instrument",
  retryWait: "waits for another attempt",
  past: "as it was",
};

/** `running.awaitingApproval` -> `waiting for approval`; an unknown state is shown as it is, spaced. */
export function stateInWords(state: string): string {
  const known = STATES[state] ?? STATES[state.split(".")[0] ?? ""];
  return known ?? (state.split(".").at(-1) ?? state).replaceAll(/([A-Z])/g, " $1").toLowerCase();
}

export function isOver(state: string): boolean {
  return /^(converged|budgetExhausted|failed|stopped|aborted)/.test(state);
}
