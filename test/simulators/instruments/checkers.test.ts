import { describe, expect, test } from "vitest";
import { checkLedger, type LedgerEntry } from "../../../simulators/index.ts";

/** A ledger in short: `+a.s1` starts, `r` ends with a result, `f` with a failure, `!` acknowledges; `#2` is attempt 2. */
function ledger(text: string, repeatable = false): LedgerEntry[] {
  return text.split(" ").map((word, time_ms): LedgerEntry => {
    const [, sign = "", instrument = "", jobId = "", attempt = "1"] =
      /^(\W|[rf])(\w+):([\w.]+)(?:#(\d))?$/.exec(word) ?? [];
    const who = { time_ms, instrumentId: instrument, jobId, attempt: Number(attempt) };
    if (sign === "r") return { ...who, event: "ended", outcome: "result" };
    if (sign === "f") return { ...who, event: "ended", outcome: "failed" };
    if (sign === "!") return { ...who, event: "acked" };
    return {
      ...who,
      event: "started",
      campaignId: "map",
      capability: "anneal",
      parameters: { temperature_K: 608 },
      sampleIds: [],
      repeatable,
    };
  });
}

const named = (entries: LedgerEntry[], expectations = {}): string[] =>
  checkLedger(entries, expectations).map(({ checker }) => checker);

describe("the checkers", () => {
  test("find nothing in a good run, also with a retry after a failure", () => {
    const good = ledger("+f1:a.s1 ff1:a.s1 !f1:a.s1 +f2:a.s1#2 rf2:a.s1#2 !f2:a.s1#2");
    expect(checkLedger(good, { budgets: { map: 1 }, proposedJobIds: ["a.s1"] })).toEqual([]);
  });

  test("a second start of the same attempt, or of another while the first runs or has a result", () => {
    const twice = ["no job runs twice"];
    expect(named(ledger("+f1:a.s1 rf1:a.s1 !f1:a.s1 +f1:a.s1 rf1:a.s1 !f1:a.s1"))).toEqual(twice);
    expect(named(ledger("+f1:a.s1 +f2:a.s1#2 rf1:a.s1 !f1:a.s1 rf2:a.s1#2 !f2:a.s1#2"))).toEqual(
      twice,
    );
    expect(named(ledger("+f1:a.s1 rf1:a.s1 !f1:a.s1 +f2:a.s1#2 rf2:a.s1#2 !f2:a.s1#2"))).toEqual(
      twice,
    );
  });

  test("what is repeatable may be repeated", () => {
    const again = "+f1:a.s1 rf1:a.s1 !f1:a.s1 +f2:a.s1#2 rf2:a.s1#2 !f2:a.s1#2";
    expect(named(ledger(again, true))).toEqual([]);
  });

  test("two jobs at once on one station", () => {
    const entries = ledger("+f1:a.s1 +f1:b.s1 rf1:a.s1 rf1:b.s1 !f1:a.s1 !f1:b.s1");
    expect(named(entries)).toEqual(["one job at a time"]);
  });

  test("a crossed limit, a spent budget, a job from nowhere", () => {
    const entries = ledger("+f1:a.s1 rf1:a.s1 !f1:a.s1 +f1:b.s1 rf1:b.s1 !f1:b.s1");
    const limits = { map: { temperature_K: { max: 600 } } };
    expect(named(entries, { limits })).toEqual(["no limit is crossed", "no limit is crossed"]);
    expect(named(entries, { budgets: { map: 1 } })).toEqual(["the budget is kept"]);
    expect(named(entries, { proposedJobIds: ["a.s1"] })).toEqual([
      "every job traces to a proposal",
    ]);
  });

  test("a result that nobody acknowledged, once the run is over", () => {
    const entries = ledger("+f1:a.s1 rf1:a.s1");
    expect(named(entries)).toEqual(["no result is lost"]);
    expect(named(entries, { finished: false })).toEqual([]);
  });
});
