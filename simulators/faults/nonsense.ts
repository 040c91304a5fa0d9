import type { Prng } from "../../src/core/prng.ts";

/** A report that the agent must not believe. */
export interface FalseReport {
  readonly name: string;
  readonly payload: string;
}

type Data = Readonly<Record<string, unknown>>;
type Envelope = (data: Data) => string;

/** One byte more than the contract allows. */
const OVERSIZED_BYTES = 1024 * 1024 + 1;

/** Ways in which a confused controller reports; each is against the contract or against nature. */
const KINDS: Readonly<Record<string, (data: Data, envelope: Envelope) => string>> = {
  brokenJson: (data, envelope) => envelope(data).slice(0, -7),
  notCloudEvent: (data) => JSON.stringify(data),
  nullValue: (data, envelope) =>
    envelope({
      ...data,
      observations: [{ kind: "objective", name: "hardness", value: null, unit: "1" }],
    }),
  unknownKind: (data, envelope) =>
    envelope({ ...data, observations: [{ kind: "horoscope", sign: "aries" }] }),
  fractionAboveOne: (data, envelope) =>
    envelope({
      ...data,
      observations: [{ kind: "phases", phases: ["FCC_A1"], fractions: { FCC_A1: 1.7 } }],
    }),
  noPhases: (data, envelope) =>
    envelope({ ...data, observations: [{ kind: "phases", phases: [] }] }),
  otherJob: (data, envelope) => envelope({ ...data, jobId: `${String(data["jobId"])}-x` }),
  oversized: (data, envelope) => envelope({ ...data, padding: "x".repeat(OVERSIZED_BYTES) }),
};

/** Draws one way of reporting nonsense about the true `data`. */
export function drawNonsense(data: Data, envelope: Envelope, prng: Prng): FalseReport {
  const names = Object.keys(KINDS);
  const name = names[prng.integer(names.length)] ?? "brokenJson";
  return { name, payload: (KINDS[name] ?? KINDS["brokenJson"])?.(data, envelope) ?? "" };
}

const NO_SUCH_UNIT = "furlong/fortnight";

/** The true report in a wrong unit: one that does not exist, or fractions told in per cent. */
export function inWrongUnit(data: Data): Data {
  const observations = Array.isArray(data["observations"]) ? data["observations"] : [];
  return { ...data, observations: observations.map(misstate) };
}

function misstate(
  observation: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if ("unit" in observation) return { ...observation, unit: NO_SUCH_UNIT };
  const fractions = observation["fractions"] as Readonly<Record<string, number>> | undefined;
  if (fractions === undefined) return observation;
  const percent = Object.entries(fractions).map(([phase, share]) => [phase, share * 100]);
  return { ...observation, fractions: Object.fromEntries(percent) };
}
