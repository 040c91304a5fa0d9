import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hasLammps, lammpsLaboratory, liveThroughKills, phasesOf } from "./lammps-laboratory.ts";

const BUDGET = 6;
const UNDER_WAY_WITHIN_ms = 90_000;
const isHere = hasLammps();
const laboratories: { close(): void }[] = [];
const folder = mkdtempSync(join(tmpdir(), "tieline-lammps-"));

afterAll(() => {
  for (const laboratory of laboratories) laboratory.close();
  rmSync(folder, { recursive: true, force: true });
});

/** 64 atoms and short runs: a simulation takes a second or two, and the three phases show all the same. */
function smaller(text: string): string {
  return text
    .replace("[300, 700, 1100, 1500, 1900, 2300, 2700]", "[300, 1100, 1900, 2700]")
    .replace("[0, 50, 100, 200, 400]", "[0, 400, 1000]")
    .replace("budget: 12", `budget: ${BUDGET}`);
}

describe(
  isHere ? "a map made by LAMMPS" : "skipped, there is no lmp: apt-get install lammps",
  () => {
    test.skipIf(!isHere)(
      "daemon, runner and both killed in the middle of a simulation: nothing is lost, nothing begins twice",
      async () => {
        const laboratory = await lammpsLaboratory({
          folder,
          configure: smaller,
          constants: ["CELLS=2", "MELT=1000", "HEAT=2000", "SETTLE=500"],
        });
        laboratories.push(laboratory);
        const code = await liveThroughKills(laboratory, UNDER_WAY_WITHIN_ms);
        expect(code, laboratory.said().slice(-2000)).toBe(0);
        const exported = laboratory.export();
        expect(exported.campaign.state).toBe("budgetExhausted");
        expect(exported.observations).toHaveLength(BUDGET);
        expect(new Set(exported.observations.map((one) => one.candidateId)).size).toBe(BUDGET);
        expect(exported.jobs.filter((job) => job.starts !== 1 || job.state !== "done")).toEqual([]);
        const begun = laboratory.begun();
        expect(begun).toHaveLength(BUDGET);
        expect(new Set(begun).size).toBe(BUDGET);
        expect(phasesOf(exported)).toEqual(expect.arrayContaining(["crystal", "glass", "liquid"]));
      },
      240_000,
    );
  },
);
