import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { readLog } from "../../src/replay/read-log.ts";
import {
  createProposalVerifier,
  type VerificationSummary,
} from "../../src/replay/verify-proposals.ts";
import type { Lab } from "../../src/runtime/lab.ts";
import type { ExportDocument } from "../../src/views/export-document.ts";

/** Positions, as shares of the log, at which the state is taken. */
const QUARTERS = [0.25, 0.5, 0.75, 1];

/** The state after `position` events: readable counts to see what changed, and a digest of everything. */
export interface HistoryState {
  readonly position: number;
  readonly machines: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sha256: string;
}

/** What a replay of a history makes of it; `expected.json` holds the same as the recording build had it. */
export interface HistoryReading {
  readonly logSha256: string;
  /** What `tieline replay --verify --json` prints. */
  readonly replay: {
    readonly events: number;
    readonly campaigns: readonly unknown[];
    readonly verified: VerificationSummary;
  };
  readonly states: readonly HistoryState[];
  /** Digests of the parts of what `tieline export --format json` prints, by campaign. */
  readonly exportSha256: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Unpacks `NAME.jsonl.gz` of the folder, replays it and asks the planners all its questions again. */
export async function readHistory(folder: string, name: string): Promise<HistoryReading> {
  const bytes = gunzipSync(readFileSync(join(folder, `${name}.jsonl.gz`)));
  const data = mkdtempSync(join(tmpdir(), "tieline-history-"));
  try {
    writeFileSync(join(data, LOG_FILE), bytes);
    const total = bytes.toString().split("\n").length - 1;
    const wanted = new Set(QUARTERS.map((share) => Math.floor(share * total)));
    const verifier = createProposalVerifier();
    const states: HistoryState[] = [];
    const { lab, exports, events } = await readLog({
      address: data,
      site: "default",
      logger: silentLogger,
      onEvent: (event, before) => {
        if (wanted.has(before.position)) states.push(stateOf(before));
        verifier.check(event, before);
      },
    });
    states.push(stateOf(lab));
    const documents = exports.campaignIds.map((id) => [id, exports.document(id)] as const);
    return {
      logSha256: sha256(bytes),
      replay: { events, campaigns: campaignsOf(lab), verified: verifier.summary() },
      states,
      exportSha256: Object.fromEntries(documents.map(([id, one]) => [id, exportDigests(one)])),
    };
  } finally {
    rmSync(data, { recursive: true });
  }
}

function campaignsOf(lab: Lab): unknown[] {
  return [...lab.machines.campaign].map(([campaignId, { states, context }]) => ({
    campaignId,
    state: states[0],
    observations: lab.results.get(campaignId)?.length ?? 0,
    budget: { used: context.observed, total: context.budget },
  }));
}

/** Only what every later build must still know; contexts of machines may grow. */
function stateOf(lab: Lab): HistoryState {
  const machines = Object.entries(lab.machines).map(([kind, all]) => {
    const states = [...all].map(([id, { states: found }]) => [id, found] as const);
    return [kind, Object.fromEntries(states)] as const;
  });
  const counts = machines.map(([kind, states]) => [kind, countStates(Object.values(states))]);
  const { position, emergency, epoch, unexpected, instrumentIds } = lab;
  const digest = sha256(
    canonical({
      machines: Object.fromEntries(machines),
      results: [...lab.results].map(([id, all]) => [
        id,
        all.map(({ position, candidateId, observations }) => [position, candidateId, observations]),
      ]),
      withdrawn: Object.fromEntries(lab.withdrawn),
      actual: Object.fromEntries(lab.actual),
      reports: [...lab.reports].map(([key, report]) => [key, report.position]),
      replies: Object.fromEntries(lab.replies),
      timers: [...lab.timers].map(([id, timer]) => [id, timer.at_ms]),
      alarms: [...lab.alarms.keys()],
      queued: [...lab.queued],
      doubtful: [...lab.doubtful],
      ...{ position, emergency, epoch, unexpected, instrumentIds },
    }),
  );
  return { position, machines: Object.fromEntries(counts), sha256: digest };
}

function countStates(all: readonly (readonly string[])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const states of [...all].map((one) => one.join(" ")).sort())
    counts[states] = (counts[states] ?? 0) + 1;
  return counts;
}

function exportDigests(document: ExportDocument | undefined): Record<string, string> {
  if (document === undefined) return {};
  const { observations, jobs, decisions } = document;
  // Recorded before proposals told their planner's version.
  const proposals = document.proposals.map((one) => ({ ...one, plannerVersion: undefined }));
  const campaign = { ...document.campaign, tielineVersion: undefined };
  const parts = Object.entries({ campaign, observations, jobs, proposals, decisions });
  return Object.fromEntries(parts.map(([name, part]) => [name, sha256(canonical(part))]));
}

/** JSON with the keys of objects in order, so that only content counts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : one,
  );
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
