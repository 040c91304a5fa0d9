import { resolve } from "node:path";
import { expect, test } from "vitest";
import { referTo } from "../../../adapters/frames/data-reference.ts";
import { inspectTrajectory } from "../../../adapters/interpreters/inspect-trajectory.ts";

const SILICON = resolve(import.meta.dirname, "../../../config/silicon");

test("a look at a run holds the model's space, the shares of each frame, and the last frame's atoms", async () => {
  const frames = await referTo(`${SILICON}/frames/T1900_R100.xyz.gz`);
  const look = await inspectTrajectory({ model: `${SILICON}/model.json`, frames });
  expect(look.classes).toContain("liquid");
  expect(look.training.x.length).toBeGreaterThan(100);
  expect(look.training.x.length).toBeLessThanOrEqual(1500);
  expect(look.training.group.every((group) => group >= 0 && group < look.classes.length)).toBe(
    true,
  );
  const last = look.run?.frames.at(-1);
  expect(last?.shares["liquid"]).toBeGreaterThan(0.5);
  expect(look.run?.atoms.x.length).toBe(look.run?.atoms.unfamiliar.length);
});

test("without a run only the model's space is looked at; a file that has changed is refused", async () => {
  const look = await inspectTrajectory({ model: `${SILICON}/model.json` });
  expect(look.run).toBeUndefined();
  const frames = await referTo(`${SILICON}/frames/T1900_R100.xyz.gz`);
  const changed = { ...frames, sha256: "0".repeat(64) };
  await expect(
    inspectTrajectory({ model: `${SILICON}/model.json`, frames: changed }),
  ).rejects.toMatchObject({ code: "TL-7020" });
});
