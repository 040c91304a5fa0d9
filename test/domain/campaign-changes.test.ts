import { describe, expect, test } from "vitest";
import { findLimitUnitProblem } from "../../src/domain/campaign-changes.ts";

describe("a changed limit", () => {
  const problem = (name: string, unit?: string) =>
    findLimitUnitProblem({ limits: { [name]: { max: 500, unit } } });

  test("in a unit of another kind than its name states cannot be; in another spelling of the kind it can", () => {
    expect(problem("temperature_K", "mV")).toBe("temperature_K is in K by its name, not in mV.");
    expect(problem("temperature_K", "Cel")).toBeUndefined();
    expect(problem("temperature_K")).toBeUndefined();
    expect(problem("Al", "%")).toBeUndefined();
  });
});
