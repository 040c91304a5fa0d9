/**
 * Hours of the week in which something may be done, as people write them: `08-18`, `08:30-17:00`, `mon-fri 08-18`,
 * `mon,wed 22-06` (over midnight: the day is that of the beginning), several with `;` between them.
 */
export type HoursText = string;

/** When a campaign may be decided about, and when its jobs may start; absent: at any time. */
export interface OpeningHours {
  /** Approvals are taken in these hours only. */
  readonly approvals?: HoursText | undefined;
  /** Capability -> hours in which a job of it may start. */
  readonly starts?: Readonly<Record<string, HoursText>> | undefined;
}

/** One span of a week: from a minute of its days, so long. */
interface Span {
  /** 0 is Monday. */
  readonly days: ReadonlySet<number>;
  readonly from_min: number;
  readonly length_min: number;
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_min = 24 * 60;
const MINUTE_ms = 60_000;
/** A span shorter than this is a slip of the pen, and could be missed by the search for the next opening. */
const SPAN_min_min = 10;
const SEARCH_STEP_min = 5;
const SEARCH_days = 8;

/** What is wrong with the text, in words; `undefined` where it can be read. */
export function findHoursProblem(text: HoursText): string | undefined {
  return parseHours(text) === undefined
    ? `${JSON.stringify(text)} are no hours: write 08-18, mon-fri 08:00-18:00, or 22-06, at least ${SPAN_min_min} min`
    : undefined;
}

/** True where the zone is one that this machine knows, e.g. `Europe/Berlin`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** Whether a time lies in the hours, by the laboratory's clock on the wall. Hours that cannot be read are never open. */
export function isOpen(text: HoursText, time_ms: number, timeZone: string): boolean {
  const spans = parseHours(text) ?? [];
  const { day, minute } = wallClock(time_ms, timeZone);
  return spans.some(({ days, from_min, length_min }) => {
    const today = minute - from_min;
    if (days.has(day) && today >= 0 && today < length_min) return true;
    const sinceYesterday = minute + DAY_min - from_min;
    return days.has((day + 6) % 7) && sinceYesterday < length_min;
  });
}

/** True where nothing is open in `inner` that is closed in `outer`. */
export function areHoursWithin(inner: HoursText, outer: HoursText): boolean {
  const open = minutesOfWeek(outer);
  return [...minutesOfWeek(inner)].every((minute) => open.has(minute));
}

function minutesOfWeek(text: HoursText): Set<number> {
  const minutes = new Set<number>();
  for (const { days, from_min, length_min } of parseHours(text) ?? [])
    for (const day of days)
      for (let k = 0; k < length_min; k++)
        minutes.add((day * DAY_min + from_min + k) % (7 * DAY_min));
  return minutes;
}

/** The first minute from `time_ms` on that lies in the hours; `undefined` where there is none within a week. */
export function nextOpening_ms(
  text: HoursText,
  time_ms: number,
  timeZone: string,
): number | undefined {
  const key = `${timeZone} ${text}`;
  const known = OPENINGS.get(key);
  if (known !== undefined && known.from_ms <= time_ms && time_ms <= known.at_ms) return known.at_ms;
  const at_ms = searchOpening_ms(text, Math.ceil(time_ms / MINUTE_ms) * MINUTE_ms, timeZone);
  if (at_ms !== undefined) {
    if (OPENINGS.size > OPENINGS_max) OPENINGS.clear();
    OPENINGS.set(key, { from_ms: time_ms, at_ms });
  }
  return at_ms;
}

/** Found before: the same answer holds until it is reached. */
const OPENINGS = new Map<string, { readonly from_ms: number; readonly at_ms: number }>();
const OPENINGS_max = 100;

function searchOpening_ms(text: HoursText, start_ms: number, timeZone: string): number | undefined {
  for (let step = 0; step * SEARCH_STEP_min <= SEARCH_days * DAY_min; step++) {
    const at_ms = start_ms + step * SEARCH_STEP_min * MINUTE_ms;
    if (!isOpen(text, at_ms, timeZone)) continue;
    let first_ms = at_ms;
    while (first_ms > start_ms && isOpen(text, first_ms - MINUTE_ms, timeZone))
      first_ms -= MINUTE_ms;
    return first_ms;
  }
  return undefined;
}

/** `Mon 19:12`, for people. */
export function wallTime(time_ms: number, timeZone: string): string {
  const { day, minute } = wallClock(time_ms, timeZone);
  const two = (value: number): string => String(value).padStart(2, "0");
  const name = DAYS[day] ?? "";
  return `${name} ${two(Math.floor(minute / 60))}:${two(minute % 60)} ${timeZone}`;
}

/** Texts that have been read: a laboratory has a few, and asks for every job that waits. */
const SPANS = new Map<HoursText, readonly Span[] | undefined>();
const SPANS_max = 1000;

function parseHours(text: HoursText): readonly Span[] | undefined {
  if (SPANS.has(text)) return SPANS.get(text);
  if (SPANS.size >= SPANS_max) SPANS.clear();
  const spans = readHours(text);
  SPANS.set(text, spans);
  return spans;
}

function readHours(text: HoursText): Span[] | undefined {
  const spans = text.split(";").map((part) => parseSpan(part.trim().toLowerCase()));
  return spans.includes(undefined) ? undefined : (spans as Span[]);
}

const SPAN = /^(?:([a-z,-]+)\s+)?(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?$/;

function parseSpan(text: string): Span | undefined {
  const match = SPAN.exec(text);
  if (match === null) return undefined;
  const [, dayText, fromHour, fromMinute, toHour, toMinute] = match;
  const days = dayText === undefined ? new Set(DAYS.keys()) : parseDays(dayText);
  const from_min = Number(fromHour) * 60 + Number(fromMinute ?? 0);
  const to_min = Number(toHour) * 60 + Number(toMinute ?? 0);
  const areMinutes = Number(fromMinute ?? 0) < 60 && Number(toMinute ?? 0) < 60;
  if (days === undefined || !areMinutes || from_min >= DAY_min || to_min > DAY_min)
    return undefined;
  const length_min = to_min > from_min ? to_min - from_min : to_min + DAY_min - from_min;
  return to_min === from_min || length_min < SPAN_min_min
    ? undefined
    : { days, from_min, length_min };
}

function parseDays(text: string): Set<number> | undefined {
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [first = "", last = first] = part.split("-");
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (from < 0 || to < 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return days;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** The clock on the wall as it was last read, by zone: it is asked for after every event, and answers a minute long. */
const READ = new Map<string, { minute: number; wall: { day: number; minute: number } }>();

/** The clock on the laboratory's wall: day of the week (0 is Monday) and minute of the day. */
function wallClock(time_ms: number, timeZone: string): { day: number; minute: number } {
  const minute = Math.floor(time_ms / MINUTE_ms);
  const known = READ.get(timeZone);
  if (known?.minute === minute) return known.wall;
  const wall = readWallClock(time_ms, timeZone);
  READ.set(timeZone, { minute, wall });
  return wall;
}

function readWallClock(time_ms: number, timeZone: string): { day: number; minute: number } {
  let format = FORMATS.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    FORMATS.set(timeZone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(time_ms).map(({ type, value }) => [type, value]),
  );
  const day = DAYS.indexOf((parts["weekday"] ?? "").toLowerCase().slice(0, 3));
  return { day, minute: Number(parts["hour"]) * 60 + Number(parts["minute"]) };
}
