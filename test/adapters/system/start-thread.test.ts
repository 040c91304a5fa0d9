import { once } from "node:events";
import { expect, test } from "vitest";
import { startThread } from "../../../adapters/system/start-thread.ts";
import { startThread as startBuiltThread } from "../../support/built-thread.ts";

const planner = import.meta.resolve("../../../adapters/planner-worker/planner-thread.ts");

test.each([
  ["from the sources, as in development", startThread],
  ["out of the bundle, as in the package and in tests", startBuiltThread],
])("the planners' thread starts %s", async (_where, start) => {
  expect(startBuiltThread).not.toBe(startThread);
  const thread = start(planner, "worker");
  const answer = once(thread, "message");
  thread.postMessage({ kind: "view", campaignId: "c1", call: 7 });
  expect(await answer).toEqual([{ call: 7, error: "campaign c1 is not known to the planner" }]);
  await thread.terminate();
});
