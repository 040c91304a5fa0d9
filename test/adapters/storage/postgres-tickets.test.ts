import { describe, expect, test } from "vitest";
import { leaseLengthOf, Tickets } from "../../../adapters/storage/postgres/postgres-tickets.ts";

describe("a standby's tries to take the lease", () => {
  test("what it has taken is its own by ticket and holder: a daemon that draws none may have taken it since", () => {
    const tickets = new Tickets("process 7 on a");
    const { ticket } = tickets.draw(2000);
    expect(tickets.have({ holder: "process 7 on a", ticket })).toBe(true);
    expect(tickets.have({ holder: "process 9 on b", ticket })).toBe(false);
    expect(tickets.have({ holder: null, ticket })).toBe(false);
    expect(tickets.have({ holder: "process 7 on a", ticket: "another" })).toBe(false);
    expect(tickets.have({ holder: "process 7 on a", ticket: null })).toBe(false);
  });

  test("says how long the lease is that it took, and not that of a daemon that draws none", () => {
    const { ticket } = new Tickets("process 7 on a").draw(2500.5);
    expect(leaseLengthOf({ holder: "process 7 on a", ticket })).toBe(2500.5);
    expect(leaseLengthOf({ holder: "process 9 on b", ticket })).toBeUndefined();
    expect(leaseLengthOf({ holder: null, ticket: null })).toBeUndefined();
    const old = "6cf3a5b4-3c6c-4b8e-9d6f-2a4d1c0b9e8f";
    expect(leaseLengthOf({ holder: "process 7 on a", ticket: old })).toBeUndefined();
  });

  test("only the newest hundred are sent with the next one", () => {
    const tickets = new Tickets("a");
    const drawn = Array.from({ length: 150 }, () => tickets.draw(2000).ticket);
    expect(tickets.draw(2000).earlier).toEqual(drawn.slice(-100));
    expect(tickets.have({ holder: "a", ticket: drawn[0] ?? "" })).toBe(false);
  });
});
