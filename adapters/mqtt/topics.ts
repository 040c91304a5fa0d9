import { IDENTIFIER } from "../../src/domain/identifiers.ts";
import { MESSAGES, type MessageName } from "./contract.ts";

/** Everything of the contract lies below `tieline/v1/{site}/`. */
export const TOPIC_ROOT = "tieline/v1";

/** A topic of the contract, taken apart: which message it carries and the identifiers in it. */
export interface ParsedTopic {
  readonly message: MessageName;
  readonly ids: Readonly<Record<string, string>>;
}

/** Prefix of a site's topics, with the slash at its end. */
function sitePrefix(site: string): string {
  return `${TOPIC_ROOT}/${site}/`;
}

/** The topic of a message; `ids` fills the braces of its template. */
export function topicOf(
  site: string,
  message: MessageName,
  ids: Readonly<Record<string, string>>,
): string {
  const local = MESSAGES[message].topic.replace(/\{(\w+)\}/g, (_, key: string) => ids[key] ?? "");
  return sitePrefix(site) + local;
}

/**
 * What the daemon must hear. Whole subtrees, so that a message with a misspelt topic is seen and kept in quarantine instead
 * of disappearing; our own commands, which come back where the broker cannot leave them out, are ignored by the decoder.
 */
export function daemonFilters(site: string): string[] {
  const prefix = sitePrefix(site);
  return [`${prefix}instrument/#`, `${prefix}campaign/+/command/#`, `${prefix}safety/#`];
}

/** True where the contract lets a message on this topic be retained; commands never are. */
export function mayBeRetained(site: string, topic: string): boolean {
  const parsed = parseTopic(site, topic);
  if (parsed === "foreign") return true;
  return parsed !== "unknown" && MESSAGES[parsed.message].retain;
}

type Parsed = ParsedTopic | "foreign" | "unknown";

/**
 * What was taken apart before, by site and topic: a laboratory has few topics, and each carries many messages. A stranger's
 * may be many and long: neither fills the memory.
 */
const parsedBefore = new Map<string, Map<string, Parsed>>();
const [PARSED_MAX, LENGTH_MAX] = [10_000, 256];

/** Takes a topic apart; `foreign` lies outside the site, `unknown` inside it but not in the contract. */
export function parseTopic(site: string, topic: string): Parsed {
  if (topic.length > LENGTH_MAX) return takeApart(site, topic);
  let ofSite = parsedBefore.get(site);
  if (ofSite === undefined || ofSite.size >= PARSED_MAX) {
    ofSite = new Map();
    parsedBefore.set(site, ofSite);
  }
  let parsed = ofSite.get(topic);
  if (parsed === undefined) {
    parsed = takeApart(site, topic);
    ofSite.set(topic, parsed);
  }
  return parsed;
}

function takeApart(site: string, topic: string): Parsed {
  const prefix = sitePrefix(site);
  if (!topic.startsWith(prefix)) return "foreign";
  const segments = topic.slice(prefix.length).split("/");
  for (const positions of MASKS.get(segments.length) ?? []) {
    const key = segments.map((part, k) => (positions.includes(k) ? "+" : part)).join("/");
    const shape = SHAPES.get(key);
    if (shape === undefined) continue;
    const values = positions.map((k) => segments[k] ?? "");
    if (!values.every((value) => IDENTIFIER.test(value))) return "unknown";
    const ids = Object.fromEntries(shape.keys.map((name, k) => [name, values[k] ?? ""]));
    return { message: shape.message, ids };
  }
  return "unknown";
}

interface Shape {
  readonly message: MessageName;
  /** Names of the identifiers, in order. */
  readonly keys: readonly string[];
}

const NAMES = Object.keys(MESSAGES) as MessageName[];

/** `instrument/+/online` -> the message with that shape. */
const SHAPES: ReadonlyMap<string, Shape> = new Map(
  NAMES.map((message) => {
    const { topic } = MESSAGES[message];
    const keys = [...topic.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
    return [maskOf(topic), { message, keys }];
  }),
);

/** Number of segments -> the distinct sets of positions at which identifiers stand. */
const MASKS: ReadonlyMap<number, readonly (readonly number[])[]> = masks();

function masks(): Map<number, number[][]> {
  const found = new Map<number, number[][]>();
  for (const shape of SHAPES.keys()) {
    const segments = shape.split("/");
    const positions = segments.flatMap((part, k) => (part === "+" ? [k] : []));
    const known = found.get(segments.length) ?? [];
    if (!known.some((other) => other.join() === positions.join())) known.push(positions);
    found.set(segments.length, known);
  }
  return found;
}

function maskOf(template: string): string {
  return template.replace(/\{\w+\}/g, "+");
}
