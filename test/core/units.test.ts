import { describe, expect, test } from "vitest";
import { convertUnit, parseUnit } from "../../src/core/units.ts";
import { fc } from "../support/properties.ts";

describe("UCUM units", () => {
  test.each([
    ["1", "1", 1],
    ["%", "1", 0.01],
    ["%/h", "s-1", 0.01 / 3600],
    ["/h", "s-1", 1 / 3600],
    ["h", "s", 3600],
    ["min", "s", 60],
    ["s", "s", 1],
    ["K", "K", 1],
    ["mK", "K", 1e-3],
    ["K/min", "s-1.K", 1 / 60],
    ["T", "kg.s-2.A-1", 1],
    ["meV", "m2.kg.s-2", 1.602176634e-22],
    ["J/(mol.K)", "m2.kg.s-2.K-1.mol-1", 1],
    ["J.mol-1.K-1", "m2.kg.s-2.K-1.mol-1", 1],
    ["GPa", "m-1.kg.s-2", 1e9],
    ["Pa", "m-1.kg.s-2", 1],
    ["kg", "kg", 1],
    ["g/cm3", "m-3.kg", 1000],
    ["Ao", "m", 1e-10],
    ["Ao3", "m3", 1e-30],
    ["mm[Hg]", "m-1.kg.s-2", 133.322],
    ["cd", "cd", 1],
    ["m/s2", "m.s-2", 1],
    ["{muB}/{atom}", "1", 1],
    ["mol{Zn}", "mol", 1],
    ["10*3", "1", 1000],
    ["um", "m", 1e-6],
    ["daPa", "m-1.kg.s-2", 10],
    ["deg", "1", Math.PI / 180],
  ])("%s has dimension %s and scale %d", (code, dimension, scale) => {
    const unit = parseUnit(code);
    expect(unit?.dimension).toBe(dimension);
    expect((unit?.scale ?? 0) / scale).toBeCloseTo(1, 12);
    expect(unit?.offset).toBe(0);
  });

  test("temperatures convert with their zero", () => {
    expect(convertUnit(25, "Cel", "K")).toBeCloseTo(298.15, 12);
    expect(convertUnit(273.15, "K", "Cel")).toBeCloseTo(0, 12);
    expect(convertUnit(32, "[degF]", "Cel")).toBeCloseTo(0, 10);
  });

  test("another dimension or an unknown unit gives no number", () => {
    expect(convertUnit(1, "K", "s")).toBeUndefined();
    expect(convertUnit(1, "J/mol", "J")).toBeUndefined();
    expect(convertUnit(1, "furlong", "m")).toBeUndefined();
  });

  test.each([
    "",
    " ",
    "furlong",
    "k",
    "Kelvin",
    "degC",
    "°C",
    "Cel/min",
    "mCel",
    "K/",
    "(K",
    "K)",
    "K..s",
    "mmin",
    "k%",
    "0",
    "NaN",
    "m999",
  ])("%j is refused", (code) => {
    expect(parseUnit(code)).toBeUndefined();
  });

  test("no text makes it throw, and what it accepts converts to itself", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[mkgsKJ%/.()0-9{}-]{0,20}$/)),
        (code) => {
          const unit = parseUnit(code);
          if (unit === undefined) return;
          expect(unit.scale).toBeGreaterThan(0);
          expect(convertUnit(2, code, code)).toBe(2);
        },
      ),
    );
  });
});
