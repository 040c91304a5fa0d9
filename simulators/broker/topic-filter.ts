/** Whether an MQTT topic filter (`+` one level, `#` the rest) matches a topic. [MQTT-4.7.1] */
export function matchesFilter(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [k, level] of wanted.entries()) {
    if (level === "#") return true;
    if (k >= levels.length || (level !== "+" && level !== levels[k])) return false;
  }
  return wanted.length === levels.length;
}
