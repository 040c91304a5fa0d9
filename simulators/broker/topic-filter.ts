/** What was asked before, by filter and topic: a laboratory has few of both, and asks for every message. */
const known = new Map<string, Map<string, boolean>>();
const KNOWN_MAX = 10_000;

/** Whether an MQTT topic filter (`+` one level, `#` the rest) matches a topic. [MQTT-4.7.1] */
export function matchesFilter(filter: string, topic: string): boolean {
  const kept = known.get(filter);
  const ofFilter = kept === undefined || kept.size > KNOWN_MAX ? new Map<string, boolean>() : kept;
  if (ofFilter !== kept) known.set(filter, ofFilter);
  const before = ofFilter.get(topic);
  if (before !== undefined) return before;
  const answer = compare(filter, topic);
  ofFilter.set(topic, answer);
  return answer;
}

function compare(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [k, level] of wanted.entries()) {
    if (level === "#") return true;
    if (k >= levels.length || (level !== "+" && level !== levels[k])) return false;
  }
  return wanted.length === levels.length;
}
