import { expect, test } from "vitest";
import { run } from "../proofs/consent.ts";

test("people, strangers, slips and stepping clocks start nothing without consent, during a stop or past a changed limit", async () => {
  // The proof makes a million attempts; this many show that it still runs against the loop as it is.
  expect(await run(["9000"])).toBe(true);
});
