import { createPrng, type Prng } from "../../src/core/prng.ts";
import { convertUnit } from "../../src/core/units.ts";
import type { LabCommand } from "../../src/events/lab-command.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { BEHAVIOUR } from "../../src/runtime/behaviour.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { type Declared, drawWorld, type World } from "./support/limits-world.ts";

/**
 * Attempts to get a set point past a limit or a unit: misspelt ids and names, limits in other units, births that change
 * their units, strangers, texts for numbers, clocks that step. The daemon's own machines, dispatcher and checks run; an
 * oracle that knows what was meant judges every start by its physics. One attempt is one proposed point.
 */
const ATTEMPTS = 1_000_000;
/** Points of one batch, and how often a laboratory is asked or changes. */
const POINTS = 60;
const ROUNDS = 6;
/** What a limit written with three decimals, and a tenth of a percent of float noise, may be passed by. */
const SLACK_K = 0.01;

type Start = Extract<LabCommand, { readonly type: "startJob" }>;

interface Tally {
  attempts: number;
  starts: number;
  worlds: number;
  readonly breaches: string[];
}

export async function run(args: readonly string[] = []): Promise<boolean> {
  const wanted = Number(args[0] ?? ATTEMPTS);
  // Laboratories before this number were another portion's.
  const first = Number(args[1] ?? 0);
  const tally: Tally = { attempts: 0, starts: 0, worlds: 0, breaches: [] };
  const from_ms = performance.now();
  while (tally.attempts < wanted && tally.breaches.length < 10)
    playWorld(first + tally.worlds++, tally);
  const seconds = ((performance.now() - from_ms) / 1000).toFixed(0);
  for (const breach of tally.breaches) console.log(`BREACH ${breach}`);
  console.log(
    `${tally.attempts} attempts in ${tally.worlds} laboratories, ${tally.starts} starts that were allowed, ${tally.breaches.length} past a limit or a unit (${seconds} s)`,
  );
  // A proof in which nothing is ever allowed would prove nothing.
  return tally.breaches.length === 0 && tally.starts > tally.attempts / 100;
}

/** One laboratory: births, strangers, a batch of points, results, further births, until its points are spent. */
function playWorld(seed: number, tally: Tally): void {
  const prng = createPrng(`limits/${seed}`);
  const world = drawWorld(prng);
  const lab = createLab();
  const births = new Map<string, Declared>();
  let position = 0;
  let time_ms = 1_700_000_000_000;
  const requests: Extract<LabCommand, { type: "requestProposal" }>[] = [];
  const tell = (fact: LabFact): void => {
    // Clocks step, also back.
    time_ms += prng.next() < 0.01 ? (prng.next() - 0.5) * 43_200_000 : 10;
    for (const command of applyEvent(lab, { position: ++position, time_ms, fact })) {
      if (command.type === "requestProposal") requests.push(command);
      if (command.type !== "startJob") continue;
      tally.starts += 1;
      const breach = judge(world, births.get(command.instrumentId) ?? {}, command);
      if (breach !== undefined) tally.breaches.push(`seed limits/${seed}: ${breach}`);
      answers.push(command);
    }
  };
  const answers: Start[] = [];
  const message = () => ({ source: "proof", id: `m${position}` });
  const bear = (instrumentId: string): void => {
    const declared = world.birth();
    births.set(instrumentId, declared);
    tell({
      type: "instrument.birth",
      instrumentId,
      message: message(),
      ...birthOf(declared, position),
    });
  };
  tell({
    type: "daemon.started",
    agentId: "a",
    epoch: 1,
    version: "0",
    behaviour: BEHAVIOUR,
    instrumentLimits: Object.fromEntries(
      Object.entries(world.policies).map(([id, { limits }]) => [id, limits]),
    ),
  });
  tell({ type: "campaign.defined", spec: world.spec });
  bear("furnace-1");
  if (prng.next() < 0.2) bear("stranger-9");
  tell({
    type: "operator.command",
    campaignId: "c1",
    action: "start",
    commandId: "s",
    by: "proof",
    message: message(),
  });
  for (let k = 0; k < ROUNDS; k++) {
    const request = requests.pop();
    if (request !== undefined) {
      tally.attempts += POINTS;
      requests.length = 0;
      tell(proposal(request.requestId, world, k, prng));
    } else bear("furnace-1");
    // A birth may come between two jobs of a batch: what was checked at the proposal is not what holds now.
    for (let start = answers.shift(); start !== undefined; start = answers.shift()) {
      if (prng.next() < 0.1) bear("furnace-1");
      tell(resultOf(start));
    }
  }
}

function birthOf(parameters: Declared, n: number) {
  const capability = {
    name: "bake",
    parameters,
    results: ["objective"],
    repeatable: true,
    expectedDuration_s: 1,
  };
  return { bootId: `b${n}`, kind: "furnace", capabilities: [capability], simulated: true };
}

function proposal(requestId: string, { axisUnit }: World, k: number, prng: Prng): LabFact {
  const points = Array.from({ length: POINTS }, (_, n) => {
    const wanted_K = 200 + prng.next() * 1500;
    const T = convertUnit(wanted_K, "K", axisUnit ?? "K") ?? Number.NaN;
    const odd = prng.next();
    const parameters = {
      T_axis: odd < 0.02 ? Number.NaN : odd < 0.04 ? String(T) : T,
      t_axis: prng.next() * 20,
    };
    return { candidateId: `p${k}.${n}.${requestId}`, parameters, score: 1, why: "proof" };
  });
  const model = { observations: 0, method: "proof", hyperparameters: {}, summary: {} };
  const verdict = { kind: "continue" } as const;
  const answer = { points, verdict, model, warnings: [], plannerVersion: 1 };
  return { type: "planner.proposed", campaignId: "c1", requestId, proposal: answer };
}

function resultOf({ instrumentId, jobId, attempt }: Start): LabFact {
  return {
    type: "job.result",
    instrumentId,
    jobId,
    attempt,
    observations: [{ kind: "objective", name: "y", value: 1, unit: "1" }],
    simulated: true,
    message: { source: `instrument/${instrumentId}`, id: `r.${jobId}` },
  };
}

/** What physically happens if the instrument obeys, held against what was meant. */
function judge(world: World, declared: Declared, start: Start): string | undefined {
  const { setPoint, meant } = world;
  const value = start.parameters[setPoint];
  const shown = JSON.stringify({ parameters: start.parameters, declared, on: start.instrumentId });
  const stranger = Object.keys(start.parameters).find((name) => !Object.hasOwn(declared, name));
  if (stranger !== undefined) return `the stranger ${stranger} was sent: ${shown}`;
  if (typeof value !== "number" || !Number.isFinite(value)) return `no number was sent: ${shown}`;
  const { unit = "?", max } = declared[setPoint] ?? {};
  const sent_K = convertUnit(value, unit, "K");
  if (sent_K === undefined) return `sent in ${unit}: ${shown}`;
  if (max !== undefined && value > max + 1e-9) return `above the birth's ${max}: ${shown}`;
  if (sent_K > meant.campaign_max_K + SLACK_K)
    return `${sent_K} K, the campaign meant ${meant.campaign_max_K}: ${shown} ${JSON.stringify(world.spec.limits)}`;
  if (start.instrumentId === "furnace-1" && sent_K > meant.instrument_max_K + SLACK_K)
    return `${sent_K} K, the furnace's limit meant ${meant.instrument_max_K}: ${shown} ${JSON.stringify(world.policies)}`;
  const duration = start.parameters["duration_h"];
  const duration_h = convertUnit(Number(duration), declared["duration_h"]?.unit ?? "h", "h") ?? 0;
  if (sent_K * duration_h > meant.dose_max * 1.001)
    return `a dose of ${sent_K * duration_h} K h, meant was ${meant.dose_max}: ${shown}`;
  return undefined;
}
