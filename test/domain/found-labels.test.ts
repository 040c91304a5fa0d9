import { expect, test } from "vitest";
import { foundInWords, foundLabels, phasesIn } from "../../src/domain/found-labels.ts";

const known = (label: string) => ({ label, known: true });
const measured = (label: string) => ({ label, known: false });

test("labels are measured, told, or follow: three numbers, each label in one", () => {
  const drawn = ["A", "B", "A+B", "B+C", "C"];
  const found = foundLabels(drawn, [known("A"), known("C"), measured("A+B"), measured("C")]);
  expect(found).toEqual({ measured: ["A+B", "C"], told: ["A"], follows: ["B", "B+C"] });
  expect(foundInWords(found)).toBe("2 measured, 1 told, 2 follow");
});

test("a label that was measured but is drawn nowhere was measured all the same", () => {
  expect(foundLabels(["A"], [measured("B")])).toEqual({
    measured: ["B"],
    told: [],
    follows: ["A"],
  });
  expect(foundInWords(foundLabels([], []))).toBe("0 measured");
});

test("the two sides of a miscibility gap are one phase", () => {
  expect(phasesIn(["FCC_A1#1+FCC_A1#2", "FCC_A1", "HCP_ZN+FCC_A1#2"])).toEqual([
    "FCC_A1",
    "HCP_ZN",
  ]);
});
