export { isOver, stateInWords } from "../../../src/views/state-words.ts";

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
