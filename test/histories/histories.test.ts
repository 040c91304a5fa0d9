import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type HistoryReading, readHistory } from "./read-history.ts";

const FOLDER = import.meta.dirname;
const ENDING = ".jsonl.gz";
const expected = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as Readonly<
  Record<string, HistoryReading>
>;
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length));

/** Histories whose old proposals a later version of a planner gives otherwise on purpose: how many still agree. */
const OTHERWISE: Readonly<Record<string, number>> = {
  // Version 4 of the planners of maps: the process maps lattices (decision 0330); before the first tie-line the graph did.
  "default-kills": 60,
  "phase-diagram-binary": 34,
  "phase-diagram-graph": 34,
  "phase-diagram-manners": 34,
  // Version 2 of the planner of effective models: modes are followed to near their minima (decision 0380).
  "effective-model": 4,
  "structure-map": 9,
  "structure-map-mixed": 9,
};

/** Logs that earlier builds wrote (README.md beside this file): each must replay to what it meant then, for ever. */
describe("histories of earlier builds", () => {
  test("each has its expectation, and each expectation its log", () => {
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(names)(
    "%s replays to the same state and gives the same proposals",
    {
      timeout: 300_000,
    },
    async (name) => {
      const read = await readHistory(FOLDER, name);
      const wanted = expected[name];
      expect(read.logSha256).toBe(wanted?.logSha256);
      // First what a person can read, then the digests.
      expect(read.replay.events).toBe(wanted?.replay.events);
      expect(read.replay.campaigns).toEqual(wanted?.replay.campaigns);
      const { verified } = read.replay;
      expect(verified.proposals).toBe(wanted?.replay.verified.proposals);
      // Where planners have changed on purpose (GoalPlanner.version), theirs may differ where OTHERWISE says so; all others must not.
      const told = `raise the version of the planner in src/planning/create-planner.ts if this is meant`;
      expect(verified.differences, told).toEqual([]);
      expect(verified.agree).toBe(OTHERWISE[name] ?? verified.proposals);
      expect(read.states.map(({ machines }) => machines)).toEqual(
        wanted?.states.map(({ machines }) => machines),
      );
      expect(read.states).toEqual(wanted?.states);
      expect(read.exportSha256).toEqual(wanted?.exportSha256);
    },
  );
});
