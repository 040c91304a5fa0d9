import { createPrng } from "../../src/core/prng.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { CampaignStatus, JobStatus } from "../../src/domain/campaign-status.ts";
import type { Candidate, Parameters } from "../../src/domain/candidate.ts";
import { listCandidates } from "../../src/domain/candidates.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import type { ProposedPoint } from "../../src/domain/proposal.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import type { LabStatePort } from "../../src/views/lab-ports.ts";
import { mapViewOf } from "./planner-views.ts";

/**
 * A laboratory that follows a script, without machines, broker or models: it writes the events that a campaign would
 * write and keeps the state that the machines would keep. For tests of the views and of the page.
 */
export interface ScriptedLaboratory {
  readonly spec: CampaignSpec;
  readonly candidates: readonly Candidate[];
  readonly state: LabStatePort;
  /** Every event so far, also handed to `onEvent`. */
  readonly events: readonly LabEvent[];
  /** Proposes a batch of `count` points. */
  propose(count: number): readonly ProposedPoint[];
  /** Finishes the oldest job in flight; false where none is. */
  finishOne(): boolean;
  /** Writes any other fact. */
  write(fact: LabFact): LabEvent;
  setState(state: string): void;
  /** What a planner would draw after the first `observations` results (default: all). */
  plannerView(observations?: number): PlannerView;
  readonly measured: readonly string[];
}

export interface ScriptOptions {
  readonly step?: number;
  readonly budget?: number;
  readonly approval?: "automatic" | "supervised";
  readonly onEvent?: (event: LabEvent) => void;
  readonly start_ms?: number;
}

const COMPONENTS = ["Al", "Mg", "Zn"];

/** An invented section with three solid solutions, two compounds' fields and a three-phase field. */
export function phasesAt(parameters: Parameters): string[] {
  const [a = 0, b = 0, c = 0] = COMPONENTS.map((name) => Number(parameters[name]));
  if (a > 0.75) return ["fcc"];
  if (b > 0.78) return ["hcp"];
  if (c > 0.8) return ["zn"];
  const middle = Math.hypot(a - 0.35, b - 0.35, c - 0.3);
  if (middle < 0.14) return ["tau"];
  if (middle < 0.22) return ["tau", a > b ? "fcc" : "hcp"];
  if (a < 0.12) return ["hcp", "zn"];
  if (b < 0.15) return ["fcc", "zn"];
  if (c < 0.15) return ["fcc", "hcp"];
  return c > 0.45 ? ["fcc", "tau", "zn"] : ["fcc", "hcp", "tau"];
}

export function createScriptedLaboratory(options: ScriptOptions = {}): ScriptedLaboratory {
  const spec = scriptedSpec(options);
  const candidates = listCandidates(spec.space);
  const viewOf = nearestNeighbours(candidates);
  const prng = createPrng(7);
  const events: LabEvent[] = [];
  const jobs: JobStatus[] = [];
  const places = new Map<string, JobStatus>();
  const free = candidates.slice();
  const found = new Set<string>();
  const measured: string[] = [];
  let state = "running.measuring";
  let revision = 0;
  let clock_ms = options.start_ms ?? Date.UTC(2026, 10, 23, 9, 0, 0);
  let requests = 0;
  let waiting: CampaignStatus["waiting"];

  const write = (fact: LabFact): LabEvent => {
    clock_ms += 1000;
    revision++;
    const event = { position: events.length + 1, time_ms: clock_ms, fact };
    events.push(event);
    options.onEvent?.(event);
    return event;
  };
  const message = () => ({ source: "test", id: `m${events.length}` });

  for (const fact of openingFacts(spec)) write(fact);
  for (const [instrumentId, kind] of INSTRUMENTS) {
    write({ type: "instrument.birth", instrumentId, message: message(), ...birth(kind) });
    write({
      type: "instrument.state",
      instrumentId,
      bootId: "b1",
      seq: 1,
      operation: "idle",
      control: "automatic",
      safety: "ok",
      message: message(),
    });
  }

  return {
    spec,
    candidates,
    events,
    measured,
    state: {
      campaignStatus: (id) =>
        id === spec.campaignId
          ? {
              state,
              revision,
              jobs,
              budget: { used: measured.length, total: spec.budget },
              waiting,
            }
          : undefined,
      locateJob: (jobId) => {
        const job = places.get(jobId);
        return job && { ...job, campaignId: spec.campaignId };
      },
    },
    propose: (count) => {
      requests++;
      const points = Array.from({ length: Math.min(count, free.length) }, () => {
        const [candidate] = free.splice(prng.integer(free.length), 1);
        if (candidate === undefined) throw new Error("no candidate is left");
        return {
          ...candidate,
          score: 1 - measured.length / candidates.length,
          why: "fcc 51 %, hcp 49 %: the phase is least certain here",
        };
      });
      if (spec.approval === "supervised") {
        waiting = { batch: requests, candidateIds: points.map((p) => p.candidateId) };
        state = "running.awaitingApproval";
      }
      for (const point of points) {
        const experimentId = `${spec.campaignId}.e${places.size + 1}`;
        const job: JobStatus = {
          jobId: `${experimentId}.s1`,
          experimentId,
          candidateId: point.candidateId,
          parameters: point.parameters,
          step: 0,
          steps: 1,
          capability: "diffraction",
          state: "running",
          attempt: 1,
          instrumentId: "XRD1",
        };
        jobs.push(job);
        places.set(job.jobId, job);
      }
      write({
        type: "planner.proposed",
        campaignId: spec.campaignId,
        requestId: `r${requests}`,
        proposal: {
          plannerVersion: 1,
          points,
          verdict: { kind: "continue" },
          warnings: requests === 3 ? ["Phase zn was seen only once."] : [],
          model: {
            observations: measured.length,
            method: "label-propagation",
            hyperparameters: { gamma: 20 },
            summary: {
              certainty: 1 - Math.exp(-measured.length / 40),
              phasesFound: [...found],
              phaseFractions: { fcc: 0.4, hcp: 0.35, zn: 0.25 },
            },
          },
        },
      });
      return points;
    },
    finishOne: () => {
      const job = jobs.shift();
      if (job === undefined) return false;
      waiting = undefined;
      if (state === "running.awaitingApproval") state = "running.measuring";
      const about = {
        instrumentId: "XRD1",
        jobId: job.jobId,
        attempt: 1,
        message: message(),
      };
      write({ type: "job.accepted", ...about });
      measured.push(job.candidateId);
      const phases = phasesAt(job.parameters);
      found.add(phases.join("+"));
      const observation: Observation = { kind: "phases", phases, confidence: 0.97 };
      write({ type: "job.result", ...about, observations: [observation], simulated: true });
      return true;
    },
    write,
    setState: (next) => {
      state = next;
      revision++;
    },
    plannerView: (observations = measured.length) => viewOf(measured.slice(0, observations)),
  };
}

const INSTRUMENTS = [
  ["ROBOT1", "synthesis-robot"],
  ["FURNACE1", "furnace"],
  ["XRD1", "diffractometer"],
] as const;

function birth(kind: string) {
  const parameters = { T: { unit: "K", min: 300, max: 1400 } };
  return {
    bootId: "b1",
    kind,
    simulated: true,
    capabilities: [
      {
        name: kind === "diffractometer" ? "diffraction" : "anneal",
        parameters,
        results: ["phases"],
        repeatable: true,
        expectedDuration_s: 600,
      },
    ],
  };
}

function openingFacts(spec: CampaignSpec): LabFact[] {
  return [
    {
      type: "daemon.started",
      agentId: "agent1",
      epoch: 1,
      version: "0.1.0",
      instrumentLimits: {},
    },
    { type: "campaign.defined", spec },
  ];
}

function scriptedSpec(options: ScriptOptions): CampaignSpec {
  return {
    campaignId: asId("al-mg-zn"),
    title: "Al-Mg-Zn at 608 K",
    seed: "1",
    budget: options.budget ?? 80,
    inFlight: 4,
    waitForWholeBatch: false,
    approval: options.approval ?? "automatic",
    space: { kind: "simplex-grid", components: COMPONENTS, step: options.step ?? 0.025 },
    recipe: {
      steps: [
        {
          capability: "diffraction",
          parameters: { T: 608 },
          timeLimit_s: 600,
          repeatable: true,
          retries: 1,
        },
      ],
    },
    limits: {},
    failuresInARow_max: 5,
    goal: "phase-diagram",
    model: {},
  };
}

/** Stands in for a planner's map: the label of the nearest measured point, certain where that is near. */
function nearestNeighbours(
  candidates: readonly Candidate[],
): (measured: readonly string[]) => PlannerView {
  const at = candidates.map(({ parameters }) => COMPONENTS.map((name) => Number(parameters[name])));
  const labelOf = candidates.map(({ parameters }) => phasesAt(parameters).sort().join("+"));
  // A view is asked for after each result: only what is new since then is compared.
  const distance = new Float64Array(candidates.length);
  const nearest = new Int32Array(candidates.length);
  let known: readonly number[] = [];
  const learn = (measured: readonly string[]): void => {
    const now = measured.map((candidateId) => Number(candidateId.slice(1)));
    const goesOn = known.every((candidate, k) => now[k] === candidate);
    if (!goesOn || known.length === 0) {
      distance.fill(Number.POSITIVE_INFINITY);
      nearest.fill(-1);
    }
    for (const candidate of now.slice(goesOn ? known.length : 0)) {
      const there = at[candidate] ?? [];
      at.forEach((here, i) => {
        const d = Math.hypot(...here.map((x, n) => x - (there[n] ?? 0)));
        if (d >= distance[i]!) return;
        distance[i] = d;
        nearest[i] = candidate;
      });
    }
    known = now;
  };
  return (measured) => {
    learn(measured);
    const names = known.map((candidate) => labelOf[candidate] ?? "");
    const labels = [...new Set(names)].sort();
    const label = Array.from(nearest, (candidate) => labels.indexOf(labelOf[candidate] ?? ""));
    const certainty = Array.from(distance, (d, i) =>
      label[i]! < 0 ? 0 : Math.max(0.3, 1 - d * 2.5),
    );
    const places = names.map((name, position) => ({ position, label: name, at: {}, known: false }));
    return mapViewOf({
      ...{ components: COMPONENTS, labels, label, certainty },
      measured: places,
    });
  };
}
