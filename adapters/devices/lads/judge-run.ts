import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DataReference, Observation } from "../../../src/domain/observation.ts";
import type { DeviceJob, DeviceResult } from "../../gateway/index.ts";
import type { LadsContents, LadsRun, LadsVariable } from "./lads-link.ts";

/** What a result must hold to count. */
export interface RunRules {
  /** Variables of the result, with the bounds beyond which no value is believed. */
  readonly objectives: readonly {
    readonly name: string;
    readonly unit: string;
    readonly as?: string | undefined;
    readonly min?: number | undefined;
    readonly max?: number | undefined;
  }[];
  /** Two variables that are lists: angles of a pattern, and what was counted there. */
  readonly pattern?:
    | {
        readonly twoTheta_deg: string;
        readonly values: string;
        readonly unit: "counts" | "counts/s";
      }
    | undefined;
  /** A run that lasted for less of its estimated time was stopped by somebody. */
  readonly runtime_min?: number | undefined;
}

/**
 * What a run that has ended means. A LADS unit goes to Stopped from its end and from a stop at its panel alike: the run counts where it
 * holds everything that was asked for, good (not "uncertain") and within its scale.
 */
export function judgeRun(
  run: LadsRun,
  contents: LadsContents,
  job: Pick<DeviceJob, "folder" | "sampleIds">,
  rules: RunRules,
): DeviceResult {
  const short = tooShort(run, rules);
  if (short !== undefined) return { failed: short };
  const [sampleId] = job.sampleIds;
  const own = sampleId === undefined ? {} : { sampleId };
  const observations: Observation[] = [];
  for (const { name, unit, as = name, min, max } of rules.objectives) {
    const found = contents.variables.find((one) => one.name === as);
    const value = numberIn(found, { as, min, max });
    if (typeof value === "string") return { failed: value };
    observations.push({ kind: "objective", name, value, unit, ...own });
  }
  if (rules.pattern !== undefined) {
    const { twoTheta_deg, values: counted, unit } = rules.pattern;
    const [angles, values] = [twoTheta_deg, counted].map((as) => listIn(contents, as));
    if (typeof angles === "string" || angles === undefined) return { failed: String(angles) };
    if (typeof values === "string" || values === undefined) return { failed: String(values) };
    if (angles.length !== values.length)
      return { failed: `${twoTheta_deg} has ${angles.length} values, ${counted} ${values.length}` };
    const axis = { name: "twoTheta", unit: "deg", values: angles } as const;
    observations.push({ kind: "pattern", axis, values, unit, ...own });
  }
  const raw = contents.files.map((file) => keepFile(job.folder, file));
  const { missing } = contents;
  const remark = missing.length === 0 ? undefined : `stays at the device: ${missing.join("; ")}`;
  return { observations, raw, remark };
}

function tooShort(
  { total_ms, estimated_ms }: LadsRun,
  { runtime_min }: RunRules,
): string | undefined {
  if (runtime_min === undefined) return undefined;
  if (total_ms === undefined || estimated_ms === undefined)
    return "the device does not say how long the run took; leave runtime_min out";
  if (total_ms >= runtime_min * estimated_ms) return undefined;
  return `the run ended after ${total_ms / 1000} s of ${estimated_ms / 1000} s`;
}

/** The number, or why it is not believed. */
function numberIn(
  found: LadsVariable | undefined,
  { as, min, max }: { as: string; min?: number | undefined; max?: number | undefined },
): number | string {
  if (found === undefined) return `the run ended without ${as}`;
  const { value, status, range } = found;
  if (status !== "Good") return `${as} is not to be believed: ${status}`;
  if (typeof value !== "number" || !Number.isFinite(value)) return `${as} is no number: ${value}`;
  const isAsked = min === undefined || max === undefined;
  if (isAsked && range !== undefined && range.status !== "Good")
    return `the scale of ${as} (EURange) is not to be believed: ${range.status}`;
  const [from, to] = [
    min ?? range?.low ?? Number.NEGATIVE_INFINITY,
    max ?? range?.high ?? Number.POSITIVE_INFINITY,
  ];
  if (value < from || value > to) return `${as} = ${value} is beyond its scale, ${from} to ${to}`;
  return value;
}

function listIn({ variables }: LadsContents, as: string): number[] | string {
  const found = variables.find((one) => one.name === as);
  if (found === undefined) return `the run ended without ${as}`;
  if (found.status !== "Good") return `${as} is not to be believed: ${found.status}`;
  const list = found.value;
  const isList = Array.isArray(list) && list.length > 0 && list.every(Number.isFinite);
  return isList ? (list as number[]) : `${as} is no list of numbers`;
}

function keepFile(
  folder: string,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): DataReference {
  mkdirSync(folder, { recursive: true });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  // The device's name of it, without any folder of the device's, behind its contents': other contents never take its place.
  const own = basename(name.replaceAll("\\", "/"))
    .replace(/[^\p{L}\p{N}._-]/gu, "_")
    .slice(-100);
  const file = resolve(join(folder, `${sha256.slice(0, 12)}-${own}`));
  writeFileSync(file, bytes, { flush: true });
  return { uri: pathToFileURL(file).href, sha256, bytes: bytes.length };
}
