import type { Principal, Right } from "../../src/domain/principal.ts";
import { MESSAGES, type MessageName } from "./contract.ts";
import { parseTopic, TOPIC_ROOT } from "./topics.ts";

const NAMES = Object.keys(MESSAGES) as MessageName[];

/** Everything that a client may publish, as topic filters: derived from the contract, so that it cannot lag behind it. */
export function writableFilters(site: string, principal: Principal): string[] {
  return NAMES.flatMap((name) =>
    speaksAs(name, principal).map((instrumentId) => {
      const local = MESSAGES[name].topic.replace("{instrumentId}", instrumentId);
      return `${TOPIC_ROOT}/${site}/${local.replace(/\{\w+\}/g, "+")}`;
    }),
  );
}

/**
 * Whether a client may publish on a topic. Nobody but the agent speaks for the agent, also where nobody is asked for a
 * name; a client that is instrument X writes as X only; who has a name writes nothing that the contract lacks.
 */
export function mayPublish(site: string, principal: Principal, topic: string): boolean {
  const parsed = parseTopic(site, topic);
  if (parsed === "foreign" || parsed === "unknown") return principal.kind === "anyone";
  const names = speaksAs(parsed.message, principal);
  return names.includes("+") || names.includes(parsed.ids["instrumentId"] ?? "+");
}

/** As which instruments a principal may say a message; `+`: as all, or the topic names none. */
function speaksAs(name: MessageName, principal: Principal): readonly string[] {
  const { from } = MESSAGES[name];
  switch (principal.kind) {
    case "agent":
      return from === "agent" || name === "emergencyStop" ? ["+"] : [];
    case "instrument":
      if (from !== "instrument") return [];
      return principal.instrumentIds === "all" ? ["+"] : principal.instrumentIds;
    case "operator":
      return principal.may.some((right) => allows(right, name)) ? ["+"] : [];
    case "anyone":
      return from === "agent" ? [] : ["+"];
  }
}

function allows(right: Right, name: MessageName): boolean {
  if (name === "emergencyStop") return right === "stop" || right === "clearStop";
  if (MESSAGES[name].from !== "operator") return false;
  const isDecision = name === "campaignApprove" || name === "campaignReject";
  return right === (isDecision ? "approve" : "operate");
}
