import { findLimitViolation, type Limits } from "../../../src/domain/candidate.ts";
import type { LabFact } from "../../../src/index.ts";
import type { CampaignRecord } from "./campaign-record.ts";
import type { LabRecord } from "./lab-record.ts";
import type { Said, StartData } from "./said.ts";

type Start = Extract<Said, { readonly kind: "start" }>;
type Step = Extract<LabFact, { type: "campaign.defined" }>["spec"]["recipe"]["steps"][number];

/** A start may be obeyed for so long at most, s: what waits longer in a broker means another moment. */
const VALIDITY_s_max = 60;

/** What an instrument may be told: by its birth and by the configuration. */
export interface InstrumentLimits {
  readonly instrumentId: string;
  readonly limits: Limits;
}

/** Everything that is wrong with a start, held against what the log said when it left. Empty for a right one. */
export function checkStart(
  start: Start,
  now_ms: number,
  lab: LabRecord,
  instruments: readonly InstrumentLimits[],
): string[] {
  const { data, instrumentId } = start;
  const campaign = lab.campaigns.get(data.campaignId);
  const about = `${data.jobId} attempt ${data.attempt} on ${instrumentId}`;
  if (campaign === undefined) return [`start of ${about} for a campaign that is not defined`];
  return [
    ...checkMoment(start, now_ms, lab, campaign),
    ...checkExpiry(start, now_ms),
    ...checkStation(start, lab),
    ...checkRepetition(data, lab, campaign),
    ...checkSetPoints(start, campaign, instruments),
    ...jobsOf(data, campaign).flatMap((job) =>
      checkSample(job, { now_ms, lab, campaign, loadId: data.jobId }),
    ),
  ].map((what) => `start of ${about}: ${what}`);
}

/** What is started, sample by sample: the job itself, or of a load the steps that its samples are at. */
function jobsOf(data: StartData, campaign: CampaignRecord): readonly StartData[] {
  const { jobId, sampleIds = [], capability, parameters, parametersBySample = {} } = data;
  if (!LOAD.test(jobId)) return [data];
  const k = recipesOf(campaign)
    .map((steps) => steps.findIndex((step) => step.capability === capability))
    .find((at) => at >= 0);
  return sampleIds.map((sampleId) => ({
    ...data,
    jobId: `${sampleId}.s${(k ?? 0) + 1}`,
    sampleIds: [sampleId],
    parameters: { ...parameters, ...parametersBySample[sampleId] },
  }));
}

const LOAD = /\.load\d+$/;

/** A sample of a load is held to the same as a job of its own, and is in no other load of which nobody said how it ended. */
function checkSample(job: StartData, { now_ms, lab, campaign, loadId }: SampleCheck): string[] {
  const found = checkProposal(job, now_ms, lab, campaign);
  if (job.jobId !== loadId && lab.results.has(job.jobId))
    found.push(`the result of ${job.jobId} is in the log`);
  if (isRepeated(job.capability, campaign)) return found;
  for (const other of lab.loads.values()) {
    const hasIt = other.jobId !== loadId && other.sampleIds?.includes(job.sampleIds?.[0] ?? "");
    const fate = lab.attempts.get(`${other.jobId}#${other.attempt}`);
    if (hasIt !== true || other.capability !== job.capability || fate === undefined) continue;
    const isOver =
      fate.ended !== undefined || (fate.denied && now_ms > fate.lastSent_ms + VALIDITY_ms);
    if (!isOver) found.push(`${job.jobId} is in ${other.jobId}, and nobody said how that ended`);
  }
  return found;
}

interface SampleCheck {
  readonly now_ms: number;
  readonly lab: LabRecord;
  readonly campaign: CampaignRecord;
  /** What is started. */
  readonly loadId: string;
}

/** How long an instrument may obey a start. */
const VALIDITY_ms = 30_000;

function isRepeated(capability: string, campaign: CampaignRecord): boolean {
  return recipesOf(campaign)
    .flat()
    .some((step) => step.capability === capability && step.repeatable);
}

function checkMoment(
  { data }: Start,
  now_ms: number,
  lab: LabRecord,
  campaign: CampaignRecord,
): string[] {
  const hours = campaign.spec.hours?.starts?.[data.capability];
  return [
    ...(lab.isStopped ? ["the emergency stop is active"] : []),
    ...(lab.isInDoubt(now_ms) ? [`${[...lab.doubts].join(", ")} still in doubt`] : []),
    ...(campaign.isPaused && !campaign.isUncertain ? ["the campaign is paused"] : []),
    ...(data.epoch === lab.epoch ? [] : [`epoch ${data.epoch}, the newest is ${lab.epoch}`]),
    ...(hours !== undefined && !isWithin(hours, now_ms) ? [`outside its hours ${hours}`] : []),
  ];
}

/** `06-18`, UTC: the only form that the swarm writes. */
function isWithin(hours: string, now_ms: number): boolean {
  const [from = 0, to = 24] = hours.split("-").map(Number);
  const hour = new Date(now_ms).getUTCHours();
  return hour >= from && hour < to;
}

function checkExpiry({ data, sent_ms }: Start, now_ms: number): string[] {
  const { notAfter, validFor_s } = data;
  const left_s = notAfter === undefined ? undefined : (Date.parse(notAfter) - now_ms) / 1000;
  const isGood = (value_s: number | undefined): boolean =>
    value_s !== undefined && value_s > 0 && value_s <= VALIDITY_s_max;
  return [
    ...(isGood(left_s) ? [] : [`its notAfter lies ${left_s} s ahead`]),
    ...(isGood(validFor_s) ? [] : [`it is valid for ${validFor_s} s`]),
    ...(Math.abs(sent_ms - now_ms) <= 1 ? [] : ["it tells another time than that of its sending"]),
  ];
}

function checkStation({ data, instrumentId }: Start, lab: LabRecord): string[] {
  const { holder, isReady } = lab.station(instrumentId);
  if (holder !== undefined && holder !== data.jobId) return [`${holder} is on the instrument`];
  // The second sending of a start finds the instrument as the first has left it.
  const isAgain = lab.attempts.has(`${data.jobId}#${data.attempt}`);
  return isReady || isAgain ? [] : ["the instrument has not said that it is ready"];
}

function checkRepetition(data: StartData, lab: LabRecord, campaign: CampaignRecord): string[] {
  const { jobId, attempt, commandId, capability } = data;
  const known = lab.attempts.get(`${jobId}#${attempt}`);
  const isRepeatable = isRepeated(capability, campaign);
  const found: string[] = [];
  if (lab.results.has(jobId)) found.push("its result is in the log");
  if (known !== undefined) {
    if (known.commandId !== commandId)
      found.push(`command ${commandId}, before ${known.commandId}`);
    if (known.began) found.push("it had begun");
    if (known.ended !== undefined) found.push(`it had ended with ${known.ended}`);
    if (known.lost && !isRepeatable) found.push("its instrument may have forgotten it");
  }
  const open: number[] = [];
  for (let earlier = 1; earlier < attempt; earlier++)
    if (lab.attempts.get(`${jobId}#${earlier}`)?.ended === undefined) open.push(earlier);
  // An attempt may have been a load's, which has ended then.
  if (!isRepeatable)
    for (const earlier of open.slice(loadsThatEnded(data, lab)))
      found.push(`nobody said how attempt ${earlier} ended`);
  return found;
}

function loadsThatEnded({ sampleIds = [], capability }: StartData, lab: LabRecord): number {
  return [...lab.loads.values()].filter((load) => {
    const has = load.capability === capability && load.sampleIds?.includes(sampleIds[0] ?? "");
    return has && lab.attempts.get(`${load.jobId}#${load.attempt}`)?.ended !== undefined;
  }).length;
}

function checkSetPoints(
  { data, instrumentId }: Start,
  campaign: CampaignRecord,
  instruments: readonly InstrumentLimits[],
): string[] {
  const all = [
    { whose: "the campaign", limits: campaign.isUncertain ? {} : campaign.limits },
    ...instruments
      .filter((one) => one.instrumentId === instrumentId)
      .map(({ limits }) => ({ whose: instrumentId, limits })),
  ];
  return all.flatMap(({ whose, limits }) => {
    const crossed = findLimitViolation(data.parameters, limits);
    return crossed === undefined
      ? []
      : [`${crossed.parameter} = ${crossed.value} is beyond a limit of ${whose}`];
  });
}

/** It belongs to a point that was put forward and released, and asks for exactly what that point and the recipe say. */
function checkProposal(
  data: StartData,
  now_ms: number,
  lab: LabRecord,
  campaign: CampaignRecord,
): string[] {
  const { jobId, capability, parameters } = data;
  const [, experimentId = jobId, step = "1"] = /^(.*)\.s(\d+)$/.exec(jobId) ?? [];
  const k = Number(step) - 1;
  const recipe = recipesOf(campaign)
    .map((steps) => steps[k])
    .find((one) => one?.capability === capability);
  if (recipe === undefined) return [`${capability} is not step ${k + 1} of the recipe`];
  if (k > 0 && !lab.results.has(`${experimentId}.s${k}`))
    return [`step ${k} has brought no result`];
  const before = campaign.experiments.get(experimentId) ?? [...campaign.points.keys()];
  const now = before.filter((id) =>
    asks(recipe, campaign.points.get(id)?.parameters ?? {}, parameters),
  );
  campaign.experiments.set(experimentId, now);
  if (now.length === 0) return ["no point that was put forward asks for these set points"];
  const found: string[] = [];
  const points = now.flatMap((id) => campaign.points.get(id) ?? []);
  const why = points.map((point) => campaign.whyNotReleased(point, now_ms));
  const isFirst = k === 0 && data.attempt === 1 && !lab.attempts.has(`${jobId}#1`);
  if (isFirst && why.every((text) => text !== undefined)) found.push(String(why[0]));
  const only = points.length === 1 ? points[0] : undefined;
  const times = [...campaign.experiments.values()].filter(
    (ids) => ids.length === 1 && ids[0] === only?.candidateId,
  ).length;
  if (only !== undefined && times > only.times)
    found.push(`${only.candidateId} was put forward ${only.times} times and begun ${times} times`);
  return found;
}

function asks(
  step: Step,
  candidate: Readonly<Record<string, unknown>>,
  sent: StartData["parameters"],
) {
  return Object.entries(step.parameters).every(([name, source]) => {
    const wanted =
      typeof source === "object"
        ? "axis" in source
          ? candidate[source.axis]
          : source.value
        : source;
    return sent[name] === wanted;
  });
}

/** The recipe, and the others that a point may name. */
function recipesOf({ spec }: CampaignRecord): readonly (readonly Step[])[] {
  return [spec.recipe, ...Object.values(spec.alternatives ?? {})].map(({ steps }) => steps);
}
