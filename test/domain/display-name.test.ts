import { expect, test } from "vitest";
import { createNamer } from "../../src/domain/display-name.ts";
import { fc } from "../support/properties.ts";

const alloy = createNamer({ components: ["x_Al", "Mg", "Zn"] });

test.each([
  // Greek letters, whole words only.
  ["TAU", "τ"],
  ["Gamma", "γ"],
  ["beta'", "β′"],
  ["TAU#2", "τ#2"],
  ["gamma_1", "γ 1"],
  ["alpha-Fe2O3", "α-Fe₂O₃"],
  ["ETA_PHASE", "η PHASE"],
  ["MU", "MU"],
  ["mu", "μ"],
  ["MU_PHASE", "μ PHASE"],
  ["TAUROL", "TAUROL"],
  // Formulas.
  ["Ca3Al2", "Ca₃Al₂"],
  ["TiO2-anatase", "TiO₂-anatase"],
  ["MG2ZN11", "Mg₂Zn₁₁"],
  ["MGZN", "MgZn"],
  ["ALMG_BETA", "AlMg β"],
  ["ALMG_EPS", "AlMg ε"],
  ["HCP_ZN", "HCP Zn"],
  ["Zn", "Zn"],
  // Names, not formulas.
  ["FCC_A1", "FCC_A1"],
  ["FCC_A1#1", "FCC_A1#1"],
  ["LAVES_C14", "LAVES_C14"],
  ["C14", "C14"],
  ["B2", "B2"],
  ["FCC2", "FCC2"],
  ["BCC", "BCC"],
  ["Fd-3m", "Fd-3m"],
  ["liquid", "liquid"],
  ["unknown-1", "unknown-1"],
  ["MG2CU", "MG2CU"],
])("%s is shown as %s", (id, shown) => {
  expect(alloy.phase(id)).toBe(shown);
});

test("the configuration's names go before the rules, in labels and in sentences, for whole names only", () => {
  const namer = createNamer({
    names: { TAU: "Tau", FCC_A1: "fcc" },
    phases: ["TAU", "FCC_A1", "FCC_A1#1", "PHI"],
  });
  expect(namer.label("FCC_A1+PHI+TAU")).toBe("Tau+fcc+φ");
  expect(namer.label("FCC_A1#1+FCC_A1#2")).toBe("fcc#1+fcc#2");
  expect(namer.sentence("Between FCC_A1+TAU (32 %) and FCC_A1#1; TAU_2, XTAU stay.")).toBe(
    "Between fcc+Tau (32 %) and fcc#1; TAU_2, XTAU stay.",
  );
  expect(namer.phase("constructor")).toBe("constructor");
});

test("no name is lost or invented: a rule only writes digits, letters and underscores otherwise", () => {
  const plain = (text: string): string =>
    text
      .replace(/[₀-₉]/g, (digit) => String("₀₁₂₃₄₅₆₇₈₉".indexOf(digit)))
      .replaceAll(" ", "_")
      .toUpperCase();
  const word = fc.stringMatching(/^[A-Z][a-zA-Z0-9]{0,6}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
      const id = words.join("_");
      const shown = alloy.phase(id);
      // A Greek letter stands for its whole word; all else can be read back.
      if (!/[α-ω]/.test(shown)) expect(plain(shown)).toBe(id.toUpperCase());
    }),
  );
});
