import { describe, expect, test } from "vitest";
import { LeaseWatch } from "../../../adapters/storage/postgres/postgres-lease-watch.ts";
import { Tickets } from "../../../adapters/storage/postgres/postgres-tickets.ts";

describe("a lease that is watched", () => {
  const { ticket } = new Tickets("a").draw(10_000);
  const row = (until: string, more = {}) => ({
    ...{ holder: "a", page: null, position: "7", ticket, until, free: false, left_s: 3600 },
    ...more,
  });

  test("is over once the same end has been seen for its length, and a little for the clocks", () => {
    const watch = new LeaseWatch();
    expect(watch.judge(row("100"), 1000).left_s).toBeCloseTo(10.12);
    expect(watch.judge(row("100"), 11_000)).toMatchObject({ free: false });
    expect(watch.judge(row("100"), 11_130)).toMatchObject({ free: true, overdue: "100" });
  });

  test("is not where it was renewed meanwhile, or is over in the database", () => {
    const watch = new LeaseWatch();
    watch.judge(row("100"), 0);
    watch.judge(row("103"), 9000);
    expect(watch.judge(row("103"), 19_000)).toMatchObject({ free: false });
    const over = row("103", { free: true, left_s: -1 });
    expect(watch.judge(over, 60_000)).toEqual(over);
    expect(new LeaseWatch().judge(row("9", { left_s: 4 }), 0).left_s).toBe(4);
  });

  test("is what the database says where its holder does not tell its length", () => {
    const watch = new LeaseWatch();
    const silent = row("100", { ticket: "6cf3a5b4" });
    watch.judge(silent, 0);
    expect(watch.judge(silent, 3_000_000)).toEqual(silent);
  });
});
