import { convertNeatly } from "./fit-set-points.ts";
import type { Guard } from "./guard.ts";

/** One reading of a channel. */
export interface Reading {
  readonly value: number;
  readonly unit: string;
  /** When the instrument sent it, by its clock; rates are told by it. */
  readonly sent_ms: number;
  /** When it was heard, by a clock of ours that nobody sets; silence and settling are told by it. */
  readonly heard_ms: number;
}

/** What a guard remembers between two readings. */
export interface GuardState {
  readonly isTripped: boolean;
  /** Rates are taken from here; at least a second back, so that noise between two near readings is no rate. */
  readonly anchor?: { readonly value: number; readonly sent_ms: number } | undefined;
  /** Of the last reading. */
  readonly heard_ms?: number | undefined;
  /** The last reading, in the guard's unit. */
  readonly value?: number | undefined;
  /** Since when all is well again. */
  readonly wellSince_ms?: number | undefined;
}

/** What a reading, or its absence, changes. */
export interface GuardStep {
  readonly state: GuardState;
  readonly word: "trip" | "clear" | undefined;
  /** What was read and what is allowed, as one sentence; of the last thing that was wrong. */
  readonly text: string;
}

const ANCHOR_ms = 1000;

/**
 * The next state of a guard after a reading. It trips at the first reading outside min..max, faster than `rate`, or in a
 * unit that cannot be compared; it clears after `settle_s` in which no reading was less than `hysteresis` inside.
 */
export function noteReading(
  guard: Guard,
  before: GuardState,
  reading: Reading,
  whose: string,
): GuardStep {
  const value = convertNeatly(reading.value, reading.unit, guard.unit);
  const { heard_ms, sent_ms } = reading;
  if (value === undefined) {
    const text = `${whose} tells ${guard.channel} in ${reading.unit}, which cannot be held against ${guard.unit}`;
    return stepOf({ ...before, heard_ms }, "bad", { guard, text, now_ms: heard_ms });
  }
  const rate = rateOf(guard, before.anchor, value, sent_ms);
  // Either way: where the instrument's clock was set back, the rate cannot be told this once.
  const passed_ms = Math.abs(sent_ms - (before.anchor?.sent_ms ?? Number.NEGATIVE_INFINITY));
  const isNew = passed_ms >= ANCHOR_ms;
  const anchor = isNew ? { value, sent_ms } : before.anchor;
  const problem = problemOf(guard, value, rate, whose);
  const quality = problem !== undefined ? "bad" : isWell(guard, value) ? "well" : "near";
  const text = problem ?? againText(guard, value, whose);
  const state = { ...before, anchor, heard_ms, value };
  return stepOf(state, quality, { guard, text, now_ms: heard_ms });
}

/** When a tripped guard whose last reading was well clears without a further one; `undefined` where it needs a reading. */
export function settlesAt_ms(guard: Guard, state: GuardState): number | undefined {
  if (!state.isTripped || state.wellSince_ms === undefined) return undefined;
  return state.wellSince_ms + (guard.settle_s ?? 0) * 1000;
}

/**
 * The next state where nothing further was told until `now_ms`: an instrument that tells a channel when it changes means
 * that it has not. Silence that is too long for the guard is {@link noteSilence}'s.
 */
export function noteQuiet(
  guard: Guard,
  before: GuardState,
  now_ms: number,
  whose: string,
): GuardStep {
  const at_ms = settlesAt_ms(guard, before);
  if (at_ms === undefined || at_ms > now_ms) return { state: before, word: undefined, text: "" };
  return stepOf(before, "well", { guard, text: againText(guard, before.value, whose), now_ms });
}

/** The state once readings may have been missed: settling begins anew with the next one. */
export function noteGap(before: GuardState): GuardState {
  return { ...before, wellSince_ms: undefined };
}

/** The next state where nothing has been heard since `since_ms`; `undefined` where silence is allowed for longer. */
export function noteSilence(
  guard: Guard,
  before: GuardState,
  about: { readonly since_ms: number; readonly now_ms: number; readonly whose: string },
): GuardStep | undefined {
  const { since_ms, now_ms, whose } = about;
  if (guard.stale_s === undefined || now_ms - since_ms < guard.stale_s * 1000) return undefined;
  const silent_s = Math.round((now_ms - since_ms) / 1000);
  const text = `${whose} has not told ${guard.channel} for ${silent_s} s; its guard wants it every ${guard.stale_s} s`;
  return stepOf(before, "bad", { guard, text, now_ms });
}

function stepOf(
  state: GuardState,
  quality: "bad" | "near" | "well",
  { guard, text, now_ms }: { guard: Guard; text: string; now_ms: number },
): GuardStep {
  if (quality === "bad") {
    const word = state.isTripped ? undefined : "trip";
    return { state: { ...state, isTripped: true, wellSince_ms: undefined }, word, text };
  }
  if (!state.isTripped) return { state, word: undefined, text };
  if (quality === "near")
    return { state: { ...state, wellSince_ms: undefined }, word: undefined, text };
  const wellSince_ms = state.wellSince_ms ?? now_ms;
  const isSettled = now_ms - wellSince_ms >= (guard.settle_s ?? 0) * 1000;
  return isSettled
    ? { state: { ...state, isTripped: false, wellSince_ms: undefined }, word: "clear", text }
    : { state: { ...state, wellSince_ms }, word: undefined, text };
}

function againText({ channel, unit }: Guard, value: number | undefined, whose: string): string {
  return `${whose} tells ${channel} = ${value} ${unit} again`;
}

function problemOf(
  guard: Guard,
  value: number,
  rate: number | undefined,
  whose: string,
): string | undefined {
  const { min, max, unit, channel } = guard;
  if (value < (min ?? Number.NEGATIVE_INFINITY) || value > (max ?? Number.POSITIVE_INFINITY))
    return `${whose} tells ${channel} = ${value} ${unit}; its guard allows ${min ?? "-inf"} to ${max ?? "inf"} ${unit}`;
  if (guard.rate === undefined || rate === undefined || rate <= guard.rate.max) return undefined;
  return `${whose} changes ${channel} by ${Number(rate.toPrecision(3))} ${guard.rate.unit}; its guard allows ${guard.rate.max} ${guard.rate.unit}`;
}

function isWell({ min, max, hysteresis = 0 }: Guard, value: number): boolean {
  const low = min === undefined ? Number.NEGATIVE_INFINITY : min + hysteresis;
  const high = max === undefined ? Number.POSITIVE_INFINITY : max - hysteresis;
  return value >= low && value <= high;
}

/** |change| over the time since the anchor, a second at least, in the guard's own unit of rates. */
function rateOf(
  guard: Guard,
  anchor: GuardState["anchor"],
  value: number,
  sent_ms: number,
): number | undefined {
  if (guard.rate === undefined || anchor === undefined) return undefined;
  if (sent_ms <= anchor.sent_ms - ANCHOR_ms) return undefined;
  const passed_s = Math.max(ANCHOR_ms, sent_ms - anchor.sent_ms) / 1000;
  return convertNeatly(
    Math.abs(value - anchor.value) / passed_s,
    ratePerSecond(guard.unit),
    guard.rate.unit,
  );
}

/** The unit of a change a second: `Cel` -> `K/s`, `K/min` -> `(K/min)/s`. */
export function ratePerSecond(unit: string): string {
  if (unit === "Cel") return "K/s";
  return unit.includes("/") ? `(${unit})/s` : `${unit}/s`;
}
