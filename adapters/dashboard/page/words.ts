/** States as a person reads them. */
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

export type Tone = "good" | "busy" | "wait" | "bad" | "done";

export function toneOf(state: string): Tone {
  if (/^(running\.)?(awaitingApproval|hindered|waiting|queued|proposed|retryWait)$/.test(state))
    return "wait";
  if (state.startsWith("running") || state === "recovering") return "busy";
  if (
    /^(failed|aborted|aborting|emergencyStopped|suspended|fault|deadLetter|timedOut|unknown)/.test(
      state,
    )
  ) {
    return "bad";
  }
  if (/^(paus|stop|held|local|maintenance)/.test(state)) return "wait";
  if (/^(converged|budgetExhausted|measured|done)/.test(state)) return "done";
  return "good";
}

export function isOver(state: string): boolean {
  return /^(converged|budgetExhausted|failed|stopped|aborted)/.test(state);
}

/** `75` -> `1 min 15 s`. */
export function durationInWords(duration_s: number): string {
  const s = Math.max(0, Math.round(duration_s));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 172_800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.round(s / 86_400)} days`;
}

export function clockTime(time_ms: number): string {
  return new Date(time_ms).toLocaleTimeString("en-GB");
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 && share > 0 ? 1 : 0)} %`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
