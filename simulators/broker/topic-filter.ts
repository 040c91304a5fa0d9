/** Whether an MQTT topic filter (`+` one level, `#` the rest) matches a topic. [MQTT-4.7.1] */
export function matchesFilter(filter: string, topic: string): boolean {
  let [from, at] = [0, 0];
  for (;;) {
    const end = endOfLevel(filter, from);
    if (end === from + 1 && filter.charCodeAt(from) === HASH) return true;
    if (at > topic.length) return false;
    const topicEnd = endOfLevel(topic, at);
    const isAny = end === from + 1 && filter.charCodeAt(from) === PLUS;
    if (!isAny && filter.slice(from, end) !== topic.slice(at, topicEnd)) return false;
    if (end === filter.length) return topicEnd === topic.length;
    [from, at] = [end + 1, topicEnd + 1];
  }
}

const [HASH, PLUS] = [0x23, 0x2b];

function endOfLevel(text: string, from: number): number {
  const slash = text.indexOf("/", from);
  return slash < 0 ? text.length : slash;
}
