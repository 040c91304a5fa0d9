import { expect, test } from "vitest";
import { GOAL_RULES } from "../../config/goal-schemas.ts";
import { GOALS } from "../../src/domain/campaign.ts";
import { listCandidates } from "../../src/domain/candidates.ts";
import { createPlanner, PLANNERS } from "../../src/planning/create-planner.ts";
import { GOAL_VIEWS } from "../../src/views/goal-views.ts";
import { createScriptedLaboratory } from "../support/scripted-laboratory.ts";

/*
 * A further goal is its settings in src/domain/goal-settings.ts, and then what the compiler asks for: a planner, a schema, a
 * show. `npm run check` fails where one of these lines compiles, that is, where a forgotten goal would.
 */
test("a goal that is forgotten in planning, views or configuration does not compile", () => {
  const { "structure-map": planner, ...planners } = PLANNERS;
  const { "structure-map": show, ...views } = GOAL_VIEWS;
  const { "structure-map": rules, ...schemas } = GOAL_RULES;
  // @ts-expect-error structure-map has no planner
  const withoutPlanner: typeof PLANNERS = planners;
  // @ts-expect-error structure-map is not shown
  const withoutShow: typeof GOAL_VIEWS = views;
  // @ts-expect-error structure-map cannot be configured
  const withoutRules: typeof GOAL_RULES = schemas;
  for (const forgetful of [withoutPlanner, withoutShow, withoutRules])
    expect(Object.keys(forgetful)).not.toContain("structure-map");
  for (const known of [planner, show, rules]) expect(known).toBeDefined();
});

test("every goal is there once, in the contract's order", () => {
  expect(GOALS).toEqual(["phase-diagram", "optimise", "structure-map", "effective-model"]);
  expect(Object.keys(PLANNERS).sort()).toEqual([...GOALS].sort());
});

test("a planner's view is worked out once, and anew when it has learnt, forgotten or proposed", () => {
  const { spec, propose, finishOne, events } = createScriptedLaboratory();
  const planner = createPlanner(spec);
  const first = planner.view();
  expect(planner.view()).toBe(first);
  propose(1);
  finishOne();
  const result = events.find(({ fact }) => fact.type === "job.result");
  const [candidate] = listCandidates(spec.space);
  if (candidate === undefined || result === undefined) throw new Error("no result");
  const observations = [{ kind: "phases" as const, phases: ["fcc"] }];
  planner.learn([{ position: result.position, ...candidate, observations }]);
  const learnt = planner.view();
  expect(learnt).not.toEqual(first);
  expect(planner.view({ probabilities: true })).toHaveProperty("probabilities");
  expect(planner.view()).toBe(learnt);
  planner.forget([result.position]);
  expect(planner.view()).toEqual(first);
});
