import { createPrng, type Prng } from "../../src/core/prng.ts";
import type { VirtualLaboratory } from "../laboratory/laboratory-options.ts";
import { readEnvelope } from "../wire/envelope.ts";

export interface PeopleOptions {
  readonly seed: string;
  readonly campaignId: string;
  /** Mean time between two whims, s. */
  readonly every_s: number;
  /** After this they only clear, resume and approve, so that the campaign comes to its end, s. */
  readonly calmAfter_s: number;
  /** The limit that they narrow and widen, if there is one. */
  readonly limits?:
    | { readonly name: string; readonly min: number; readonly max: number }
    | undefined;
  readonly budget: number;
}

/** Between two rounds of whoever keeps the campaign going. */
const ROUND_s = 900;
/** A batch that stands for so many of them does not get on. */
const SAME_ROUNDS = 16;

interface Situation {
  readonly laboratory: VirtualLaboratory;
  readonly options: PeopleOptions;
  readonly prng: Prng;
  /** Number and points of the batch that was last shown. */
  readonly shown: { n: number; candidateIds: readonly string[] };
  readonly jobIds: string[];
  isStopped: boolean;
  changes: number;
  /** The batch that stood there in the last round, and for how many rounds. */
  lastBatch: number;
  sameBatch: number;
}

/** People who do as they please: what they decide is drawn from the seed, what they know is what the broker shows them. */
export function letPeopleIn(laboratory: VirtualLaboratory, options: PeopleOptions): void {
  const { clock } = laboratory;
  const situation: Situation = {
    ...{ laboratory, options, isStopped: false, changes: 0, jobIds: [] },
    ...{ lastBatch: 0, sameBatch: 0 },
    ...{ prng: createPrng(`${options.seed}/people`), shown: { n: 0, candidateIds: [] } },
  };
  readBoard(situation);
  const calm_ms = clock.now_ms() + options.calmAfter_s * 1000;
  const whim = (): void => {
    const wait_s = -Math.log(1 - situation.prng.next()) * options.every_s;
    clock.schedule(clock.now_ms() + wait_s * 1000, () => {
      if (clock.now_ms() >= calm_ms) return;
      act(situation);
      whim();
    });
  };
  const round = (): void => {
    clock.schedule(clock.now_ms() + ROUND_s * 1000, () => {
      keepGoing(situation, clock.now_ms() >= calm_ms);
      round();
    });
  };
  whim();
  round();
}

/** What stands on the broker for everybody to read. */
function readBoard(situation: Situation): void {
  const encoder = new TextEncoder();
  situation.laboratory.broker.observe(({ topic, payload }) => {
    if (topic.endsWith("/result")) situation.jobIds.push(topic.split("/").at(-2) ?? "");
    if (topic.endsWith("/batch")) {
      const data = readEnvelope(encoder.encode(payload))?.data ?? {};
      const points = data["points"] as readonly { readonly candidateId: string }[];
      situation.shown.n = Number(data["n"]);
      situation.shown.candidateIds = points.map((one) => one.candidateId);
    }
    if (topic.endsWith("/safety/emergency-stop"))
      situation.isStopped = payload.includes('"active":true');
  });
}

/** Approves what waits, now and then; once it is calm, clears and resumes too, and rejects what nobody may approve. */
function keepGoing(situation: Situation, isCalm: boolean): void {
  const { laboratory, options, isStopped, prng, shown } = situation;
  const { campaignId } = options;
  situation.sameBatch = situation.lastBatch === shown.n ? situation.sameBatch + 1 : 0;
  situation.lastBatch = shown.n;
  // Limits that were narrowed since the proposal refuse an approval: a person reads that, and rejects.
  if (isCalm && situation.sameBatch >= SAME_ROUNDS)
    laboratory.operate(campaignId, "reject", { by: "ada", reason: "it cannot be approved" });
  if (isCalm || prng.next() < 0.5) {
    if (isStopped) laboratory.emergencyStop(false, "ada", "it is safe");
    else laboratory.operate(campaignId, "resume", { by: "ada" });
  }
  laboratory.operate(campaignId, "approve", { by: "ada" });
}

type Whim = (situation: Situation) => void;

const command =
  (action: string, data: (situation: Situation) => Record<string, unknown>): Whim =>
  (situation) =>
    situation.laboratory.operate(situation.options.campaignId, action, {
      by: situation.prng.next() < 0.5 ? "ada" : "grace",
      ...data(situation),
    });

const extend = (changes: (situation: Situation) => Record<string, unknown>): Whim =>
  command("extend", (situation) => ({ changes: changes(situation), reason: "a whim" }));

const oneOf = <Item>({ prng }: Situation, items: readonly Item[]): Item | undefined =>
  items[prng.integer(Math.max(1, items.length))];

function named(situation: Situation): Record<string, unknown> {
  const { n, candidateIds } = situation.shown;
  const one = oneOf(situation, candidateIds);
  const batch = n > 0 ? { batch: Math.max(1, n - situation.prng.integer(2)) } : {};
  return situation.prng.next() < 0.5 && one !== undefined ? { candidateIds: [one] } : batch;
}

/** What people do, the likelier the oftener it stands here. */
const WHIMS: readonly Whim[] = [
  command("approve", named),
  command("approve", named),
  command("approve", named),
  command("reject", (situation) => ({ ...named(situation), reason: "no zinc left" })),
  command("pause", () => ({ reason: "tea" })),
  command("resume", () => ({})),
  command("resume", () => ({})),
  command("withdraw", (situation) => ({ jobId: oneOf(situation, situation.jobIds) ?? "none" })),
  extend(({ prng, options }) => ({ budget: Math.max(1, options.budget - 5 + prng.integer(10)) })),
  extend(({ prng }) => ({ inFlight: 1 + prng.integer(8) })),
  extend(({ prng }) => ({ approval: prng.next() < 0.5 ? "supervised" : "automatic" })),
  extend(({ prng }) => ({ approvalExpires_s: prng.integer(3) * 900 })),
  extend(({ prng, options: { limits } }) =>
    limits === undefined
      ? { inFlight: 3 }
      : {
          limits: {
            [limits.name]: { min: limits.min, max: limits.max * (0.9 + 0.2 * prng.next()) },
          },
        },
  ),
  command("approve", (situation) => {
    situation.changes = Math.min(situation.changes + 1, 30);
    return { change: 1 + situation.prng.integer(situation.changes) };
  }),
  (situation) => situation.laboratory.emergencyStop(true, "grace", "smoke"),
  (situation) => situation.laboratory.emergencyStop(false, "ada", "false alarm"),
  (situation) => situation.laboratory.emergencyStop(false, "ada", "false alarm"),
  (situation) => {
    const { laboratory, prng } = situation;
    const instrumentId = oneOf(situation, laboratory.instrumentIds) ?? "";
    const { clock } = laboratory;
    laboratory.setControl(instrumentId, "local");
    clock.schedule(clock.now_ms() + 600_000 * prng.next(), () =>
      laboratory.setControl(instrumentId, "automatic"),
    );
  },
  // Among them places beyond all limits, where there are such.
  command("propose", ({ prng }) => ({ points: [{ candidateId: `c${prng.integer(200)}` }] })),
];

/** Once in a while somebody ends it. */
const END_SHARE = 0.002;

function act(situation: Situation): void {
  const { prng, laboratory, options } = situation;
  if (prng.next() < END_SHARE) {
    laboratory.operate(options.campaignId, prng.next() < 0.5 ? "stop" : "abort", { by: "grace" });
    return;
  }
  oneOf(situation, WHIMS)?.(situation);
}
