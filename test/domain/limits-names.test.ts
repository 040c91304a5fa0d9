import { describe, expect, test } from "vitest";
import { nearestName } from "../../src/core/near-name.ts";
import { unitOfName, unitsOfName } from "../../src/domain/limits/named-unit.ts";

describe("the unit that a name states", () => {
  test.each([
    ["temperature_K", "K"],
    ["temperature_C", "Cel"],
    ["temperature_degC", "Cel"],
    ["duration_h", "h"],
    ["ramp_K_min", "K/min"],
    ["ramp_K_per_min", "K/min"],
    ["ramp_degC_min", "K/min"],
    ["flow_mL_min", "mL/min"],
    ["quenchRate_K_ps", "K/ps"],
    ["pressure_kPa", "kPa"],
    ["current_A_cm2", "A/cm2"],
    ["temperature_K_max", "K"],
    ["field_min_T", "T"],
    ["cooling_percent", "%"],
    ["ni_molFraction", "1"],
  ])("%s is in %s", (name, unit) => expect(unitOfName(name)).toBe(unit));

  test.each(["Al", "points", "x_K", "x_C", "at_N", "lattice_a", "line_b", "step_2", "T", "sample"])(
    "%s states none",
    (name) => expect(unitsOfName(name)).toEqual([]),
  );

  test("what is declared decides between two readings", () => {
    expect(unitOfName("charge_C", "C")).toBe("C");
    expect(unitOfName("temperature_K_min", "Cel")).toBe("K");
  });
});

describe("a near name", () => {
  test.each([
    ["furnace-01", "furnace-1"],
    ["Furnace_1", "furnace-1"],
    ["furnce-1", "furnace-1"],
    ["funrace-1", "furnace-1"],
    ["temperature_Kelvin", "temperature_K"],
    ["temperatur_K", "temperature_K"],
    ["diffractin", "diffraction"],
  ])("%s is a slip of %s", (slip, name) =>
    expect(nearestName(slip, ["robot-1", "duration_h", name])).toBe(name),
  );

  test("a known name is near nothing, and far ones are not near", () => {
    expect(nearestName("furnace-1", ["furnace-1", "furnace-2"])).toBeUndefined();
    expect(nearestName("xrd", ["furnace-1"])).toBeUndefined();
  });
});
