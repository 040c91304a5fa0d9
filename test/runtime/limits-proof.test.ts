import { expect, test } from "vitest";
import { run } from "../proofs/limits.ts";

/** The first hundred laboratories of `npm run proof -- limits`, in which a limit in mK was once read as K. */
test("slips, strangers, odd units and stepping clocks get no set point past a limit", async () => {
  expect(await run(["20000"])).toBe(true);
});
