import type { InstrumentContext, JobContext } from "../../machines/index.ts";
import { usesOf } from "../domain/load.ts";
import { type Reason, utc } from "../domain/reason.ts";
import { lowMark, type Upkeep, windowAhead } from "../domain/upkeep.ts";
import type { LabFact } from "../events/lab-fact.ts";
import { wasGiven } from "./incoming.ts";
import type { Lab } from "./lab.ts";

/** Counts stock: a birth that says something new begins anew, a job that begins uses its part. Before machines are told. */
export function noteUpkeep(lab: Lab, fact: LabFact): void {
  if (fact.type === "instrument.birth") noteStock(lab, fact.instrumentId, fact.stock);
  const begins =
    fact.type === "job.accepted" || fact.type === "job.progress" || fact.type === "job.result";
  if (!begins || ("load" in fact && fact.load !== undefined)) return;
  const job = lab.machines.job.get(fact.jobId)?.context;
  const stock = lab.stocks.get(fact.instrumentId);
  const isKnown = job === undefined || job.started.includes(fact.attempt) || !wasGiven(job, fact);
  if (stock === undefined || isKnown) return;
  const uses = usesOnInstrument(lab, fact.instrumentId, job);
  const left = { ...stock.left };
  for (const [name, amount] of uses) left[name] = (left[name] ?? 0) - amount;
  lab.stocks.set(fact.instrumentId, { ...stock, left, lastUse: Object.fromEntries(uses) });
}

function noteStock(lab: Lab, instrumentId: string, stock: Upkeep["stock"]): void {
  const told = JSON.stringify(stock) ?? "";
  if (stock === undefined) lab.stocks.delete(instrumentId);
  else if (lab.stocks.get(instrumentId)?.told !== told) {
    const left = Object.fromEntries(Object.entries(stock).map(([name, one]) => [name, one.amount]));
    lab.stocks.set(instrumentId, { told, left, lastUse: {} });
  }
}

function capabilityOf(lab: Lab, instrumentId: string, { capability }: JobContext) {
  const instrument = lab.machines.instrument.get(instrumentId)?.context;
  return instrument?.capabilities.find(({ name }) => name === capability);
}

function usesOnInstrument(lab: Lab, instrumentId: string, job: JobContext): Map<string, number> {
  const capability = capabilityOf(lab, instrumentId, job);
  const parameters = job.sent?.parameters ?? job.parameters;
  const { sampleIds, parametersBySample } = job;
  return capability === undefined
    ? new Map()
    : usesOf(capability, { parameters, sampleIds, parametersBySample });
}

/** How long a job will take at least as far as anybody knows: by its birth, or by the last one. */
function duration_s(lab: Lab, instrumentId: string, job: JobContext): number {
  const { expectedDuration_s = 0 } = capabilityOf(lab, instrumentId, job) ?? {};
  const took_s = lab.took_s.get(`${instrumentId}/${job.capability}`) ?? 0;
  return Math.max(expectedDuration_s, took_s);
}

/** Why the upkeep of an instrument keeps this job from beginning now; `undefined` where it does not. */
export function upkeepReason(lab: Lab, instrumentId: string, job: JobContext): Reason | undefined {
  const upkeep = lab.machines.instrument.get(instrumentId)?.context.upkeep;
  if (upkeep === undefined) return undefined;
  const window = windowAhead(upkeep, lab.time_ms, duration_s(lab, instrumentId, job));
  if (window !== undefined) {
    const { from, until, what = "maintenance" } = window;
    const text = `${job.capability} would run into ${what}, from ${utc(Date.parse(from))}`;
    const until_ms = Date.parse(until);
    return { kind: "notUsableBecause", cause: "maintenance", text, until_ms, instrumentId };
  }
  const left = lab.stocks.get(instrumentId)?.left ?? {};
  for (const [name, amount] of usesOnInstrument(lab, instrumentId, job)) {
    const there = left[name];
    if (there === undefined || there >= amount - 1e-9) continue;
    const unit = upkeep.stock?.[name]?.unit ?? "";
    const text = `${round(there)} ${unit} of ${name} are left, and ${round(amount)} are needed`;
    return { kind: "notUsableBecause", cause: "stock", text, instrumentId, alarm: "critical" };
  }
  return undefined;
}

/** Whether what is left is enough for all of these jobs together. */
export function isEnough(lab: Lab, instrumentId: string, jobs: readonly JobContext[]): boolean {
  const left = lab.stocks.get(instrumentId)?.left;
  if (left === undefined) return true;
  const uses = new Map<string, number>();
  for (const job of jobs)
    for (const [name, amount] of usesOnInstrument(lab, instrumentId, job))
      uses.set(name, (uses.get(name) ?? 0) + amount);
  return [...uses].every(([name, amount]) => (left[name] ?? amount) >= amount - 1e-9);
}

/** When a window ends that keeps a queued job waiting; `undefined` where none does. */
export function maintenanceEnd_ms(lab: Lab): number | undefined {
  let first: number | undefined;
  if (lab.queued.size === 0 || !hasUpkeep(lab)) return undefined;
  for (const jobId of lab.queued) {
    const job = lab.machines.job.get(jobId)?.context;
    for (const instrumentId of lab.instrumentIds) {
      const reason =
        job && capabilityOf(lab, instrumentId, job) && upkeepReason(lab, instrumentId, job);
      if (reason?.until_ms === undefined || reason.cause !== "maintenance") continue;
      first = Math.min(first ?? reason.until_ms, reason.until_ms);
    }
  }
  return first;
}

/** Asked after every event, and most laboratories have none. */
function hasUpkeep({ machines }: Lab): boolean {
  for (const { context } of machines.instrument.values())
    if (context.upkeep !== undefined) return true;
  return false;
}

/** When the next calibration ends that is still valid: an event then, so that it is told. */
export function calibrationEnd_ms(lab: Lab): number | undefined {
  if (!hasUpkeep(lab)) return undefined;
  const ends = [...lab.machines.instrument.values()]
    .map(({ context }) => Date.parse(context.upkeep?.calibration?.validUntil ?? ""))
    .filter((at_ms) => at_ms > lab.time_ms);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

export interface UpkeepAlarm {
  readonly alarmId: string;
  readonly severity: "critical" | "warning";
  readonly subject: string;
  readonly text: string;
}

/** Calibrations that are past, and stocks that come to their end. */
export function upkeepAlarms(lab: Lab): UpkeepAlarm[] {
  return [...lab.machines.instrument.values()].flatMap(({ context }) => [
    ...calibrationAlarm(lab, context),
    ...stockAlarms(lab, context),
  ]);
}

/** What an instrument has told of its keeping, as it stands now: a line each. */
export function upkeepInWords(lab: Lab, instrumentId: string): string[] {
  const upkeep = lab.machines.instrument.get(instrumentId)?.context.upkeep ?? {};
  const { calibration, maintenance = [], stock = {} } = upkeep;
  const left = lab.stocks.get(instrumentId)?.left ?? {};
  const until = calibration?.validUntil;
  const day = (time: string): string => utc(Date.parse(time));
  return [
    ...(calibration === undefined
      ? []
      : [
          `calibration ${calibration.id}${until === undefined ? "" : `, valid until ${day(until)}`}`,
        ]),
    ...maintenance
      .filter((window) => Date.parse(window.until) > lab.time_ms)
      .map(({ from, until: end, what = "maintenance" }) => `${what} ${day(from)} to ${day(end)}`),
    ...Object.entries(stock).map(([name, { amount, unit }]) => {
      const counted = unit === "1" ? "" : ` ${unit}`;
      return `${name}: ${round(left[name] ?? amount)}${counted} left`;
    }),
  ];
}

function calibrationAlarm(lab: Lab, { instrumentId, upkeep }: InstrumentContext): UpkeepAlarm[] {
  const { id = "", validUntil } = upkeep?.calibration ?? {};
  if (validUntil === undefined || lab.time_ms < Date.parse(validUntil)) return [];
  const text = `Its calibration ${id} was valid until ${utc(Date.parse(validUntil))}. Calibrate it; what it has measured since may be off.`;
  const alarmId = `calibration/${instrumentId}`;
  return [{ alarmId, severity: "warning", subject: instrumentId, text }];
}

function stockAlarms(lab: Lab, { instrumentId, upkeep }: InstrumentContext): UpkeepAlarm[] {
  const stock = lab.stocks.get(instrumentId);
  return Object.entries(upkeep?.stock ?? {}).flatMap(([name, item]): UpkeepAlarm[] => {
    const left = stock?.left[name] ?? item.amount;
    const use = stock?.lastUse[name] ?? 0;
    if (left > lowMark(item, use)) return [];
    const more =
      use > 0 ? `, enough for ${Math.max(0, Math.floor(left / use))} more like the last` : "";
    const text = `${round(left)} ${item.unit} of ${name} are left${more}. Refill it, and let its controller say so.`;
    const severity = left <= use ? "critical" : "warning";
    return [{ alarmId: `stock/${instrumentId}/${name}`, severity, subject: instrumentId, text }];
  });
}

function round(amount: number): number {
  return Number(amount.toPrecision(3));
}
