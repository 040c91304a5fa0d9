import type {
  OperatorReply,
  OperatorRequest,
} from "../../../adapters/dashboard/dashboard-ports.ts";
import type { DashboardServer } from "../../../adapters/dashboard/dashboard-server.ts";
import { createDashboardServer } from "../../../adapters/dashboard/dashboard-server.ts";
import { createPastViews } from "../../../adapters/dashboard/past-views.ts";
import type { AskDesk } from "../../../adapters/devices/asked/ask-desk.ts";
import type { FileRules } from "../../../adapters/frames/data-reference.ts";
import {
  createPatternInspector,
  type PatternInspector,
  patternRules,
} from "../../../adapters/interpreters/pattern-interpreter.ts";
import {
  createTrajectoryClassifier,
  type TrajectoryClassifier,
} from "../../../adapters/interpreters/trajectory-classifier.ts";
import { decode } from "../../../adapters/mqtt/decode.ts";
import { encodeOperatorRequest } from "../../../adapters/mqtt/operator-messages.ts";
import type { PhotoStore } from "../../../adapters/photos/photo-store.ts";
import { operatorsOf } from "../../../config/broker-access.ts";
import type { Configuration } from "../../../config/schema.ts";
import { assert } from "../../core/assert.ts";
import { LabError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { VERSION } from "../../core/version.ts";
import type { Daemon } from "../../daemon.ts";
import { listCandidates } from "../../domain/candidates.ts";
import { structureModelOf } from "../../domain/goal-settings.ts";
import type { CampaignResult } from "../../domain/proposal.ts";
import type { OperatorAction } from "../../events/lab-fact.ts";
import type { OutgoingMessage } from "../../events/message-bus.ts";
import { bringBack } from "../../runtime/shelf.ts";
import { EVENT_LINES_KEPT } from "../../views/event-stream-view.ts";
import { createExportFold, type ExportDocument } from "../../views/export-document.ts";
import type { PatternLook } from "../../views/pattern-look.ts";
import type { StructureLook } from "../../views/structure-look.ts";

/** The page of a running daemon: made before the daemon (it takes its messages), started after it. */
export interface Page {
  publish(message: OutgoingMessage): void;
  /** Resolves with the page's address. TL-9001 where the port is taken. */
  start(daemon: Daemon): Promise<string>;
  stop(): Promise<void>;
}

export function createPage(
  configuration: Configuration,
  logger: Logger,
  desk: AskDesk,
  photos: PhotoStore,
  files: FileRules = {},
): Page {
  let daemon: Daemon | undefined;
  const running = (): Daemon => {
    assert(daemon !== undefined, "the page was asked before the daemon ran");
    return daemon;
  };
  const inspector = createTrajectoryClassifier();
  const patterns = createPatternInspector();
  const server: DashboardServer = createDashboardServer({
    host: configuration.page.host,
    port: configuration.page.port,
    allowedHosts: configuration.page.allowedHosts,
    logger,
    policy: { readOnly: configuration.page.readOnly, ...operatorPolicy(configuration) },
    ports: {
      ...portsOf(running, lookWith(inspector, files), operatorsOf(configuration).length > 0),
      pattern: (id, position) => lookAtPattern(running(), patterns, id, position),
      asked: desk,
      photos,
    },
  });
  return {
    publish: (message) => server.publish(message),
    start: async (started) => {
      daemon = started;
      const { url } = await server.start();
      return url;
    },
    stop: async () => {
      await server.stop();
      await inspector.stop();
      await patterns.stop();
    },
  };
}

type Inspect = TrajectoryClassifier["inspect"];

function lookWith(inspector: TrajectoryClassifier, files: FileRules): Inspect {
  return (request) => inspector.inspect({ ...request, files });
}

type Ports = Parameters<typeof createDashboardServer>[0]["ports"];

/** `isProven`: who commands has shown a key. */
function portsOf(
  daemon: () => Daemon,
  inspect: Inspect,
  isProven: boolean,
): Omit<Ports, "asked" | "pattern" | "photos"> {
  const past = createPastViews({
    planner: {
      define: (spec) => daemon().planner.define(spec),
      learn: (id, results) => daemon().planner.learn(id, results),
      view: (id) => daemon().planner.view(id),
    },
    spec: (id) => daemon().lab.specs.get(id),
    results: (id) => countingResults(daemon(), id),
  });
  return {
    overview: () => daemon().view.overview(),
    todo: () => daemon().view.todo(),
    campaign: (id) => daemon().view.campaign(id),
    observations: (id, from) => daemon().view.observations(id, from),
    instrument: (id) => daemon().view.instrument(id),
    linesAfter: (position) =>
      daemon()
        .view.searchEvents("", EVENT_LINES_KEPT)
        .filter((line) => line.position > position)
        .reverse(),
    searchEvents: (search, limit) => daemon().view.searchEvents(search, limit),
    candidates: (id) => {
      const spec = daemon().lab.specs.get(id);
      return spec === undefined ? undefined : listCandidates(spec.space);
    },
    plannerView: (id, observations) =>
      observations === undefined && isTaught(daemon(), id)
        ? daemon().planner.view(id)
        : past(id, observations ?? Number.POSITIVE_INFINITY),
    structure: (id, position) => lookAt(daemon(), inspect, id, position),
    exportDocument: (id) => exportFromLog(daemon(), id),
    submitOperatorCommand: async (request) => {
      refuseBesideLeader(daemon());
      return await submitOperatorCommand(daemon(), request, isProven);
    },
  };
}

/** The structure model of a campaign and the trajectory of one of its results. */
async function lookAt(
  daemon: Daemon,
  inspect: Inspect,
  campaignId: string,
  position: number | undefined,
): Promise<StructureLook | undefined> {
  const spec = daemon.lab.specs.get(campaignId);
  const model = spec && structureModelOf(spec)?.structureModel;
  if (model === undefined) return undefined;
  bringBack(daemon.lab, campaignId);
  const result = daemon.lab.results.get(campaignId)?.find((one) => one.position === position);
  const trajectory = result?.observations.find((one) => one.kind === "trajectory");
  return await inspect({ model, frames: trajectory?.frames }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("TL-9005", `The simulation can't be looked at: ${why}`, { cause });
  });
}

/** The pattern of a result as the log has it, read with the references of now. */
async function lookAtPattern(
  daemon: Daemon,
  inspector: PatternInspector,
  campaignId: string,
  position: number,
): Promise<PatternLook | undefined> {
  const spec = daemon.lab.specs.get(campaignId);
  const rules = spec && patternRules(spec);
  if (rules === undefined) return undefined;
  const document = await exportFromLog(daemon, campaignId);
  const result = document?.observations.find((one) => one.position === position);
  const pattern = result?.result.find((one) => one.kind === "pattern");
  if (pattern === undefined) return undefined;
  return await inspector.inspect({ pattern, rules }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("TL-9005", `The pattern can't be looked at: ${why}`, { cause });
  });
}

function countingResults(daemon: Daemon, campaignId: string): CampaignResult[] {
  bringBack(daemon.lab, campaignId);
  const withdrawn = new Set(daemon.lab.withdrawn.get(campaignId) ?? []);
  return (daemon.lab.results.get(campaignId) ?? []).filter((r) => !withdrawn.has(r.position));
}

/**
 * Whether the planner that chooses knows what counts, or is about to. It is taught when it is asked for points: not after a restart
 * of a campaign that is over, waits or is paused, and not of what was told or taken back since.
 */
function isTaught(daemon: Daemon, campaignId: string): boolean {
  const results = countingResults(daemon, campaignId);
  const known = daemon.planner.known(campaignId);
  const isPlanning = daemon.statePort.campaignStatus(campaignId)?.state === "running.planning";
  if (isPlanning && known.size > 0) return true;
  return known.size === results.length && results.every(({ position }) => known.has(position));
}

async function exportFromLog(
  daemon: Daemon,
  campaignId: string,
): Promise<ExportDocument | undefined> {
  const fold = createExportFold({
    site: daemon.view.overview().site,
    version: VERSION,
    state: daemon.statePort,
  });
  for await (const event of daemon.readCampaign(campaignId)) fold.fold(event);
  return fold.document(campaignId);
}

/** The page of a standby reads only: it says where the leader is. TL-9007. */
function refuseBesideLeader(daemon: Daemon): void {
  const leadership = daemon.leadership();
  if (leadership?.role !== "follows") return;
  const { leader } = leadership;
  const where =
    leader === undefined
      ? "nobody leads at this moment"
      : `${leader.node} leads${leader.page === undefined ? "" : `, its page is ${leader.page}`}`;
  throw new LabError("TL-9007", `This daemon stands by and only shows: ${where}`);
}

/** The same facts that an operator's MQTT message becomes; the reply is what the campaign's machine answered. */
async function submitOperatorCommand(
  daemon: Daemon,
  request: OperatorRequest,
  isProven: boolean,
): Promise<OperatorReply> {
  const { by, commandId } = request;
  const message = { source: `operator/${by}`, id: commandId };
  const identity = isProven ? ({ identity: "verified" } as const) : {};
  // A browser that did not hear the answer asks again: the same command acts once.
  const known = request.kind === "campaign" ? replyTo(daemon, commandId) : undefined;
  if (known !== undefined) return known;
  if (request.kind === "emergencyStop") {
    const { active, reason } = request;
    try {
      await daemon.emergencyStop({ active, by, reason, message, ...identity });
      return { accepted: true };
    } catch (error) {
      if (error instanceof LabError && error.code === "TL-3003")
        return { accepted: false, reason: error.message };
      throw error;
    }
  }
  const { kind: _, ...command } = request;
  if (isOfTheBench(command.action)) return await submitWord(daemon, command, identity);
  await daemon.submit({ type: "operator.command", ...command, ...identity, message });
  return replyTo(daemon, commandId) ?? noCampaign(request.campaignId);
}

function replyTo(daemon: Daemon, commandId: string): OperatorReply | undefined {
  const reply = daemon.lab.replies.get(commandId);
  if (reply === undefined) return undefined;
  const { accepted, reason, candidateIds } = reply;
  return { accepted, reason, candidateIds };
}

const noCampaign = (campaignId: string): OperatorReply => ({
  accepted: false,
  reason: `there is no campaign ${campaignId}`,
});

function isOfTheBench(action: OperatorAction): boolean {
  return action === "report" || action === "comment" || action === "tell";
}

/** Results that a person writes on the page are read by the rules of the wire: units that exist, phases that belong together. */
async function submitWord(
  daemon: Daemon,
  { commandId, ...command }: Omit<Extract<OperatorRequest, { kind: "campaign" }>, "kind">,
  identity: { readonly identity?: "verified" },
): Promise<OperatorReply> {
  const { site } = daemon.view.overview();
  const { topic, payload } = encodeOperatorRequest({ site, commandId, ...command }, Date.now());
  const decoded = decode(site, topic, new TextEncoder().encode(payload), false);
  if (decoded.kind !== "fact" || decoded.fact.type !== "operator.command")
    return {
      accepted: false,
      reason: "detail" in decoded ? decoded.detail : "it was not understood",
    };
  const fact = { ...decoded.fact, ...identity };
  if (fact.action === "report") return await daemon.report(fact);
  await daemon.submit(fact);
  return replyTo(daemon, commandId) ?? noCampaign(command.campaignId);
}

/** The one list of operators, as the page asks for it: who may use the controls, with which key, for what. */
function operatorPolicy(configuration: Configuration) {
  const operators = operatorsOf(configuration);
  if (operators.length === 0) return {};
  return {
    operatorKeys: Object.fromEntries(operators.map(({ name, key }) => [name, key])),
    operatorRights: Object.fromEntries(operators.map(({ name, may }) => [name, may])),
  };
}
