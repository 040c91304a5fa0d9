/**
 * Whether an MQTT topic filter selects a topic: `+` stands for one level, `#` at the end for any number of levels, itself
 * included; a filter that begins with a wildcard selects no topic that begins with `$` [MQTT-4.7.1, MQTT-4.7.2-1].
 */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [k, part] of wanted.entries()) {
    if (part === "#") return true;
    if (k >= levels.length || (part !== "+" && part !== levels[k])) return false;
  }
  return wanted.length === levels.length;
}
