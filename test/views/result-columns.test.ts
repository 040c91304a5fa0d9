import { describe, expect, test } from "vitest";
import type { ObservationView } from "../../src/views/campaign-view.ts";
import { discoveryOrder } from "../../src/views/map-data.ts";
import { namedColumns, namedResult, namerFor } from "../../src/views/named.ts";
import { joinedResults, readResultColumns, resultColumns } from "../../src/views/result-columns.ts";
import { fc } from "../support/properties.ts";

const phases = (...names: string[]): ObservationView["results"] => [
  { kind: "phases", phases: names, confidence: 0.9 },
];

function result(k: number, about: Partial<ObservationView> = {}): ObservationView {
  return {
    ...{ n: k + 1, position: 10 + 3 * k, time_ms: 1.7e12 + 1000 * k, candidateId: `c${k}` },
    ...{ jobId: `al3-zn.e${k}.s1`, instrumentId: "XRD1", simulated: false },
    ...{ parameters: { Al: k / 8, T_K: 300 + k }, results: phases(k % 2 === 0 ? "fcc" : "hcp") },
    ...about,
  };
}

/** Through JSON, as on its way to the page. */
const sent = (results: readonly ObservationView[]) =>
  JSON.parse(JSON.stringify(resultColumns(results))) as ReturnType<typeof resultColumns>;

const anyResult = fc.record({
  position: fc.nat(),
  time_ms: fc.nat(),
  candidateId: fc.oneof(fc.constantFrom("c1", "c10", "c01", "told-7", ""), fc.string()),
  jobId: fc.oneof(
    fc.nat(200).map((k) => `al3.e${k}.s1`),
    fc.string(),
  ),
  parameters: fc.dictionary(fc.constantFrom("Al", "T_K", "alloy"), fc.oneof(fc.nat(), fc.string())),
  results: fc.constantFrom(phases("fcc"), phases("fcc", "hcp"), []),
  reportedBy: fc.option(fc.constantFrom("ada", "bob"), { nil: undefined }),
  simulated: fc.boolean(),
});

describe("results in columns", () => {
  test("are the same results again, whatever they hold", () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 12 }), (drawn) => {
        const results = drawn.map((about, k) => result(k, about));
        expect([...readResultColumns(sent(results))]).toEqual(results);
      }),
    );
  });

  test("keep what was measured at another place than asked, also of some only", () => {
    const results = [result(0), result(1, { actual: { Al: 0.13 } }), result(2)];
    const [first, second] = readResultColumns(sent(results));
    expect(first?.actual?.["Al"]).toBeUndefined();
    expect(second?.actual).toEqual({ Al: 0.13 });
  });

  test("names that differ by a number are that number, also where all have a digit in common", () => {
    const columns = resultColumns([10, 11, 12, 19].map((k) => result(k)));
    expect(columns.candidateId).toEqual({ before: "c", numbers: [10, 11, 12, 19], behind: "" });
    expect(columns.jobId).toMatchObject({ before: "al3-zn.e", behind: ".s1" });
    expect(resultColumns([result(0, { candidateId: "c007" })]).candidateId).toEqual({
      texts: ["c007"],
    });
  });

  test("are cut, counted and joined with newer ones as a list is", () => {
    const results = Array.from({ length: 7 }, (_, k) => result(k));
    const joined = joinedResults(sent(results.slice(0, 4)), results.slice(4));
    for (const [from, to] of [
      [0, 7],
      [2, 6],
      [4, 7],
      [5, 5],
      [0, 4],
      [3, 99],
    ] as const)
      expect([...joined.slice(from, to)]).toEqual(results.slice(from, to));
    expect([joined.length, joined.at(-1), joined.at(3), joined.at(4), joined.at(7)]).toEqual([
      ...[7, results[6], results[3], results[4]],
      undefined,
    ]);
    expect([...joined.slice(1).slice(2)]).toEqual(results.slice(3));
  });

  test("tell phases in the order of their discovery, in all of them and in a part", () => {
    const found = ["hcp", "fcc", "tau", "fcc", "zn"];
    const results = found.map((name, k) => result(k, { results: phases(name) }));
    const joined = joinedResults(sent(results.slice(0, 3)), results.slice(3));
    expect(discoveryOrder(joined)).toEqual(discoveryOrder(results));
    expect(discoveryOrder(joined.slice(1, 4))).toEqual(["fcc", "tau"]);
  });

  test("have the names that people read, as each result for itself", () => {
    const results = ["TAU", "FCC_A1", "TAU"].map((name, k) => result(k, { results: phases(name) }));
    const namer = namerFor({ names: { TAU: "Tau" } }, ["TAU", "FCC_A1"]);
    expect([...readResultColumns(namedColumns(sent(results), namer))]).toEqual(
      results.map((one) => namedResult(one, namer)),
    );
  });
});
