import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { LabError } from "../src/core/errors.ts";
import { resolveFiles } from "./broker-access.ts";
import { checkCampaigns } from "./check-campaigns.ts";
import { checkGateways } from "./check-gateways.ts";
import { checkModules } from "./check-modules.ts";
import type { CrossProblem } from "./cross-problem.ts";
import { completeForwardCampaign } from "./forward-campaign.ts";
import { goalSchema } from "./goal-schemas.ts";
import { lenientCampaign } from "./lenient-campaign.ts";
import { type CampaignConfiguration, type Configuration, configurationSchema } from "./schema.ts";
import {
  type ConfigurationProblem,
  describeIssue,
  formatProblem,
  lineOfPath,
  showPath,
} from "./yaml-problems.ts";

/** A campaign with its place in the file. */
export interface SoundCampaign {
  readonly campaign: CampaignConfiguration;
  readonly index: number;
}

/** Campaigns without a problem so far, in a configuration that has some: in `context.partly` of the error. */
export interface PartlySound {
  readonly file: string;
  readonly folder: string;
  readonly sound: readonly SoundCampaign[];
}

/** A configuration that was read, with the folder that its relative paths start from. */
export interface LoadedConfiguration {
  readonly file: string;
  readonly folder: string;
  readonly sha256: string;
  readonly configuration: Configuration;
  /** `lab.yaml:23` for the keys to a value; a campaign is named by its place or by its id. */
  readonly sourceOf: (path: readonly (string | number)[]) => string;
}

/**
 * Reads and checks a configuration; every problem is reported at once.
 * `checkModels` adds what only the models can see of a specification.
 * Errors: TL-1002 unreadable, TL-1011 not YAML, TL-1010 problems (in `context.problems`).
 */
export function loadConfiguration(
  file: string,
  checkModels: (campaigns: readonly SoundCampaign[]) => readonly CrossProblem[] = () => [],
): LoadedConfiguration {
  const text = readText(file);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const syntax = document.errors.map((error) => ({
    file,
    line: counter.linePos(error.pos[0]).line,
    path: "",
    text: `this is not valid YAML: ${error.message.split("\n")[0]}`,
  }));
  if (syntax.length > 0) throw problemsError("TL-1011", syntax);
  const parsed = configurationSchema.safeParse(document.toJS() ?? {}, {
    reportInput: true,
  });
  const lineOf = (path: readonly PropertyKey[]): number =>
    lineOfPath(document.contents, path, counter);
  const sound = parsed.success
    ? parsed.data.campaigns.map((campaign, index) => ({ campaign, index }))
    : soundCampaigns(document.toJS());
  const folder = dirname(resolve(file));
  const modules = parsed.success
    ? [...checkModules(parsed.data, folder), ...checkGateways(parsed.data, folder)]
    : [];
  const issues = [
    ...schemaIssues(parsed.error?.issues ?? [], document.toJS()).flatMap(describeIssue),
    ...[...checkCampaigns(sound), ...checkModels(sound), ...modules].map(
      ({ path, text: what }) => ({ path, what }),
    ),
  ];
  if (!parsed.success || issues.length > 0) {
    const problems = issues.map(({ path, what }) => ({
      file,
      line: lineOf(path),
      path: showPath(path),
      text: what,
    }));
    problems.sort((a, b) => a.line - b.line);
    const flawed = new Set(issues.map(({ path }) => (path[0] === "campaigns" ? path[1] : "")));
    const unchecked = sound.filter(({ index }) => !flawed.has(index));
    throw problemsError("TL-1010", problems, { file, folder, sound: unchecked });
  }
  const sha256 = createHash("sha256").update(text).digest("hex");
  const { campaigns } = parsed.data;
  const sourceOf: LoadedConfiguration["sourceOf"] = ([first = "", second = "", ...rest]) => {
    const named = first === "campaigns" ? campaigns.findIndex(({ id }) => id === second) : -1;
    return `${basename(file)}:${lineOf([first, named < 0 ? second : named, ...rest])}`;
  };
  const operators = parsed.data.operators.map((one) => ({
    ...one,
    keyFile: resolve(folder, one.keyFile),
  }));
  const broker = resolveFiles(parsed.data.broker, folder);
  const configuration = { ...parsed.data, broker, operators };
  return { file, folder, sha256, configuration, sourceOf };
}

/** The error for problems that only the models can see, each with its line in the configuration's file. */
export function configurationError(
  { file }: { readonly file: string },
  found: readonly { readonly path: readonly PropertyKey[]; readonly text: string }[],
): LabError {
  const counter = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: counter });
  const problems = found.map(({ path, text }) => ({
    file,
    line: lineOfPath(document.contents, path, counter),
    path: showPath(path),
    text,
  }));
  return problemsError(
    "TL-1010",
    problems.sort((a, b) => a.line - b.line),
  );
}

/** The configuration that a daemon without one runs: it ships in the package. */
export function defaultConfigurationFile(): string {
  // Beside this file from a checkout; from a file of the package, in the folder of examples above it.
  const places = ["default.yaml", "../../config/default.yaml", "../../../config/default.yaml"];
  const files = places.map((place) => resolve(import.meta.dirname, place));
  return files.find((file) => existsSync(file)) ?? files[0]!;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known: Record<string, string> = { ENOENT: "it does not exist", EISDIR: "it is a folder" };
    const why = known[code ?? ""] ?? message;
    throw new LabError("TL-1002", `The configuration ${file} cannot be read: ${why}`, {
      cause: error,
      exitCode: 2,
    });
  }
}

/** The campaigns that are sound whatever else is wrong, so that their other problems are found at once too. */
function soundCampaigns(document: unknown): SoundCampaign[] {
  return campaignsOf(document).flatMap((one, index) => {
    const campaign = lenientCampaign(one);
    return campaign === undefined ? [] : [{ campaign, index }];
  });
}

function problemsError(
  code: "TL-1010" | "TL-1011",
  problems: readonly ConfigurationProblem[],
  partly?: PartlySound,
): LabError {
  const first = problems.slice(0, 1).map(formatProblem).join("");
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new LabError(
    code,
    `The configuration has ${problems.length} problem(s): ${first}${more}`,
    {
      context: { problems, partly },
      exitCode: 2,
    },
  );
}

type Issue = z.core.$ZodIssue;

/** The schema's issues, and those of the models of campaigns that it gave up before it came to their model. */
function schemaIssues(issues: readonly Issue[], document: unknown): Issue[] {
  const flawed = new Set(issues.flatMap(({ path: [top, k] }) => (top === "campaigns" ? [k] : [])));
  const hasModelIssue = (k: PropertyKey): boolean =>
    issues.some(({ path }) => path[1] === k && (path[2] === "model" || path[2] === "goal"));
  const more = [...flawed].flatMap((k) => {
    const campaign = campaignsOf(document)[Number(k)];
    if (k === undefined || hasModelIssue(k) || typeof campaign !== "object") return [];
    const { goal, model } = (completeForwardCampaign(campaign) ?? {}) as Record<string, unknown>;
    const checked = goalSchema.safeParse({ goal, model: model ?? {} }, { reportInput: true });
    return (checked.error?.issues ?? []).map((issue) => ({
      ...issue,
      path: ["campaigns", k, ...issue.path],
    }));
  });
  return [...issues, ...more];
}

function campaignsOf(document: unknown): readonly unknown[] {
  const campaigns = (document as { campaigns?: unknown } | null)?.campaigns;
  return Array.isArray(campaigns) ? campaigns : [];
}
