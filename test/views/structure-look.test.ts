import { expect, test } from "vitest";
import { LIGHT } from "../../src/views/pictures/theme.ts";
import {
  classColours,
  describeRun,
  type StructureLook,
  structurePictures,
} from "../../src/views/structure-look.ts";

const LOOK: StructureLook = {
  classes: ["crystal", "liquid"],
  species: "Si",
  training: { x: [0, 1, 2], y: [0, 1, 0], group: [0, 0, 1] },
  run: {
    frames: [
      { frame: 0, step: 0, shares: { crystal: 1, liquid: 0 }, unfamiliar: 0 },
      { frame: 1, step: 500, shares: { crystal: 0.25, liquid: 0.75 }, unfamiliar: 0.1 },
    ],
    atoms: { x: [0.5, 2.5], y: [0.5, 0.5], group: [0, 1], unfamiliar: [false, true] },
  },
};

test("a look is told in a sentence and drawn with its classes, unfamiliar atoms apart", () => {
  expect(describeRun(LOOK)).toBe(
    "Last frame (2): 75 % liquid, 25 % crystal; 10 % of the atoms are unfamiliar.",
  );
  const pictures = structurePictures(LOOK, classColours(LOOK.classes, ["liquid"]));
  expect(pictures.map((picture) => picture.name)).toEqual(["space", "fractions"]);
  const [space, fractions] = pictures.map((picture) => picture.draw(LIGHT));
  expect(space?.match(/r="1.6"/g)?.length).toBeGreaterThanOrEqual(3);
  expect(space).toContain(LIGHT.warning);
  expect(fractions).toContain("step");
  expect(pictures[1]?.csv()).toBe(
    "frame,step,unfamiliar,crystal,liquid\n0,0,0,1,0\n1,500,0.1,0.25,0.75\n",
  );
});

test("without a run the space is shown alone", () => {
  const { run: _, ...space } = LOOK;
  expect(structurePictures(space, () => "#000000")).toHaveLength(1);
  expect(describeRun(space)).toBe("No simulation has been looked at yet.");
});

test("a class has the colour of the phase of its name", () => {
  const colour = classColours(["crystal", "liquid"], ["liquid"]);
  expect(colour("liquid")).not.toBe(colour("crystal"));
  expect(colour("liquid")).toBe(classColours(["liquid"], ["liquid"])("liquid"));
});
