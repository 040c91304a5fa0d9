/** Results that were known where one method took over from another. */
export interface MethodRun {
  readonly method: string;
  readonly after: number;
}

/** Proposals in the order in which they were made as runs of one method; one without results before it is `after` 0. */
export function methodRuns(proposals: readonly MethodRun[]): MethodRun[] {
  return proposals.filter(({ method }, k) => k === 0 || method !== proposals[k - 1]?.method);
}

/** More beginnings than these are told by their number and range. */
const BEGINNINGS_TOLD = 4;

/**
 * Each sentence of a campaign's methods once, in the order in which they first held. One that does not hold throughout says when it
 * held: "from the beginning", "after N results", "and again after M results".
 */
export function sentencesOfRuns(
  runs: readonly { readonly after: number; readonly sentences: readonly string[] }[],
): string[] {
  const told = [...new Set(runs.flatMap(({ sentences }) => sentences))];
  return told.map((sentence) => {
    const holds = runs.map(({ sentences }) => sentences.includes(sentence));
    const beginnings = runs.filter((_, k) => holds[k] && !holds[k - 1]).map(({ after }) => after);
    const when = holds.every((one) => one) ? "" : ` (${beginningsInWords(beginnings)})`;
    return sentence.replace(/\.$/, `${when}.`);
  });
}

function beginningsInWords([first = 0, ...again]: readonly number[]): string {
  const since = first === 0 ? "from the beginning" : `after ${resultsOf([first])}`;
  if (again.length === 0) return since;
  const [last] = again.slice(-1);
  return again.length < BEGINNINGS_TOLD
    ? `${since} and again after ${resultsOf(again)}`
    : `${since} and again ${again.length} times, after ${again[0]} to ${last} results`;
}

function resultsOf(counts: readonly number[]): string {
  const [last] = counts.slice(-1);
  const before = counts.slice(0, -1);
  const numbers = before.length === 0 ? `${last}` : `${before.join(", ")} and ${last}`;
  return `${numbers} ${counts.length === 1 && last === 1 ? "result" : "results"}`;
}
