import { describe, expect, test } from "vitest";
import { Tickets } from "../../../adapters/storage/postgres/postgres-tickets.ts";

describe("a standby's tries to take the lease", () => {
  test("what it has taken is its own by ticket and holder: a daemon that draws none may have taken it since", () => {
    const tickets = new Tickets("process 7 on a");
    const { ticket } = tickets.draw();
    expect(tickets.have({ holder: "process 7 on a", ticket })).toBe(true);
    expect(tickets.have({ holder: "process 9 on b", ticket })).toBe(false);
    expect(tickets.have({ holder: null, ticket })).toBe(false);
    expect(tickets.have({ holder: "process 7 on a", ticket: "another" })).toBe(false);
    expect(tickets.have({ holder: "process 7 on a", ticket: null })).toBe(false);
  });

  test("only the newest hundred are sent with the next one", () => {
    const tickets = new Tickets("a");
    const drawn = Array.from({ length: 150 }, () => tickets.draw().ticket);
    expect(tickets.draw().earlier).toEqual(drawn.slice(-100));
    expect(tickets.have({ holder: "a", ticket: drawn[0] ?? "" })).toBe(false);
  });
});
