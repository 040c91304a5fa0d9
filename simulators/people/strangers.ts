import { createPrng, type Prng } from "../../src/core/prng.ts";
import type { VirtualLaboratory } from "../laboratory/laboratory-options.ts";
import { readEnvelope, siteTopic, writeEnvelope } from "../wire/envelope.ts";

export interface StrangersOptions {
  readonly seed: string;
  readonly site: string;
  readonly campaignId: string;
  /** Mean time between two of their messages, s. */
  readonly every_s: number;
  /** After this they are gone, s. */
  readonly until_s: number;
  /** Instruments that guard themselves: only those are sent commands by strangers, which must not obey them. */
  readonly guardedIds: readonly string[];
}

interface Overheard {
  /** Jobs that somebody was told to start, with the instrument. */
  readonly starts: {
    readonly instrumentId: string;
    readonly jobId: string;
    readonly attempt: number;
  }[];
  /** Births and states as they were said, to be said again by a twin that remembers an earlier life. */
  readonly words: { readonly topic: string; readonly payload: string }[];
}

/** So much of what was overheard is kept. */
const OVERHEARD_MAX = 40;

/**
 * Clients that belong to nobody: they report jobs of others, announce instruments that do not exist, acknowledge and
 * command in the agent's name, and say again what an earlier life of an instrument has said.
 */
export function letStrangersIn(laboratory: VirtualLaboratory, options: StrangersOptions): void {
  const { clock, broker } = laboratory;
  const prng = createPrng(`${options.seed}/strangers`);
  const overheard = listen(laboratory);
  const end_ms = clock.now_ms() + options.until_s * 1000;
  let said = 0;
  const next = (): void => {
    const wait_s = -Math.log(1 - prng.next()) * options.every_s;
    clock.schedule(clock.now_ms() + wait_s * 1000, () => {
      if (clock.now_ms() >= end_ms) return;
      said += 1;
      const word = WORDS[prng.integer(WORDS.length)] as Word;
      const message = word({ prng, overheard, options, id: `s${said}`, time_ms: clock.now_ms() });
      if (message !== undefined) broker.receive({ qos: 1, retain: false, ...message });
      next();
    });
  };
  next();
}

function listen({ broker }: VirtualLaboratory): Overheard {
  const overheard: Overheard = { starts: [], words: [] };
  const encoder = new TextEncoder();
  broker.observe(({ topic, payload }) => {
    if (topic.endsWith("/command/start")) {
      const data = readEnvelope(encoder.encode(payload))?.data;
      if (data === undefined) return;
      const instrumentId = topic.split("/").at(-3) ?? "";
      overheard.starts.push({ instrumentId, ...(data as { jobId: string; attempt: number }) });
      if (overheard.starts.length > OVERHEARD_MAX) overheard.starts.shift();
    }
    if (/\/instrument\/[^/]+\/(birth|state)$/.test(topic) && payload !== "") {
      overheard.words.push({ topic, payload });
      if (overheard.words.length > OVERHEARD_MAX) overheard.words.shift();
    }
  });
  return overheard;
}

interface Occasion {
  readonly prng: Prng;
  readonly overheard: Overheard;
  readonly options: StrangersOptions;
  readonly id: string;
  readonly time_ms: number;
}
type Word = (
  occasion: Occasion,
) => { readonly topic: string; readonly payload: string } | undefined;

function say(
  { options, id, time_ms }: Occasion,
  rest: string,
  what: { readonly source: string; readonly type: string; readonly data: Record<string, unknown> },
) {
  return { topic: siteTopic(options.site, rest), payload: writeEnvelope({ id, time_ms, ...what }) };
}

/** Somebody's job, as somebody else would report it. */
const report =
  (word: string, data: Record<string, unknown>): Word =>
  (occasion) => {
    const { overheard, prng } = occasion;
    const one = overheard.starts[prng.integer(Math.max(1, overheard.starts.length))];
    if (one === undefined) return undefined;
    const { jobId, attempt } = one;
    return say(occasion, `instrument/zz-9/job/${jobId}/${word}`, {
      source: "instrument/zz-9",
      type: `tieline.job.${word}`,
      data: { jobId, attempt, ...data },
    });
  };

const PHASES = [{ kind: "phases", phases: ["FCC_A1"] }];

const WORDS: readonly Word[] = [
  report("result", { observations: PHASES, simulated: true }),
  report("result", { observations: PHASES, simulated: true }),
  report("failed", { reason: "it burnt", retryable: true }),
  report("accepted", {}),
  report("rejected", { reason: "not here", retryable: false }),
  // Nothing that a recipe asks for: what it offered would be asked of it.
  (occasion) =>
    say(occasion, "instrument/zz-9/birth", {
      source: "instrument/zz-9",
      type: "tieline.instrument.birth",
      data: {
        ...{ bootId: `z${occasion.id}`, kind: "oracle", simulated: true, channels: [] },
        capabilities: [{ name: "divine", parameters: {} }],
      },
    }),
  // A twin, or a broker that had kept it: the words of an earlier moment once more.
  ({ overheard, prng }) => overheard.words[prng.integer(Math.max(1, overheard.words.length))],
  ({ overheard, prng }) => overheard.words[prng.integer(Math.max(1, overheard.words.length))],
  // An acknowledgement of what has not been reported yet.
  (occasion) => {
    const one = occasion.overheard.starts.at(-1);
    if (one === undefined) return undefined;
    const data = { jobId: one.jobId, attempt: one.attempt + 7, position: 1 };
    return say(occasion, `instrument/${one.instrumentId}/job/${one.jobId}/ack`, {
      source: "agent/tieline",
      type: "tieline.job.ack",
      data,
    });
  },
  // A controller of before the last restart.
  (occasion) => {
    const { prng, options, time_ms } = occasion;
    const instrumentId = options.guardedIds[prng.integer(Math.max(1, options.guardedIds.length))];
    if (instrumentId === undefined) return undefined;
    return say(occasion, `instrument/${instrumentId}/command/start`, {
      source: "agent/old",
      type: "tieline.job.start",
      data: {
        ...{ commandId: occasion.id, jobId: `old.${occasion.id}`, attempt: 1, epoch: 0 },
        ...{ campaignId: options.campaignId, capability: "anneal", validFor_s: 30 },
        notAfter: new Date(time_ms + 30_000).toISOString(),
        parameters: { temperature_K: 600, duration_h: 0.1 },
      },
    });
  },
  (occasion) =>
    say(occasion, `campaign/${occasion.options.campaignId}/command/dance`, {
      source: "operator/nobody",
      type: "tieline.campaign.dance",
      data: { commandId: occasion.id, by: "nobody" },
    }),
  (occasion) =>
    say(occasion, "safety/emergency-stop", {
      source: "instrument/zz-9",
      type: "tieline.safety.emergencyStop",
      data: { active: false, by: "zz-9", reason: "it is over, believe me" },
    }),
];
