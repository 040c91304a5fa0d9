import { expect, test } from "vitest";
import { createLabView } from "../../src/views/lab-view.ts";
import { noticesBetween } from "../../src/views/notices.ts";
import { createScriptedLaboratory } from "../support/scripted-laboratory.ts";

test("an alarm, a waiting batch and an end are each told once", () => {
  const laboratory = createScriptedLaboratory({ approval: "supervised" });
  const view = createLabView({ site: "lab", agentId: "a", state: laboratory.state });
  for (const event of laboratory.events) view.fold(event);
  const start = view.overview();
  laboratory.propose(2);
  const asked = view.overview();
  expect(noticesBetween(start, asked).map((notice) => notice.event)).toEqual(["approval"]);
  expect(noticesBetween(asked, view.overview())).toEqual([]);
  laboratory.finishOne();
  laboratory.setState("converged");
  expect(noticesBetween(asked, view.overview()).map((notice) => notice.event)).toEqual([
    "finished",
  ]);
});
