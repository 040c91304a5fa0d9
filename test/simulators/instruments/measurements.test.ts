import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadPhaseTruth, STRONGEST } from "../../../simulators/index.ts";
import { mechanicalProperties } from "../../../simulators/truths/heat-treatment-truth.ts";
import { dimerMagnetisation } from "../../../simulators/truths/spin-dimer-truth.ts";
import { createVirtualAgent } from "../support/virtual-agent.ts";

function firstObservation(data: Record<string, unknown> | undefined): Record<string, unknown> {
  const observations = data?.["observations"];
  return Array.isArray(observations) ? observations[0] : {};
}

describe("ground truths", () => {
  test("the section that ships has 861 compositions, 13 phases and obeys the lever rule", () => {
    const truth = loadPhaseTruth("al-mg-zn_608K");
    expect(truth.components).toEqual(["Al", "Mg", "Zn"]);
    expect(truth.temperatures_K).toEqual([608]);
    expect(truth.compositions).toHaveLength(861);
    const names = new Set<string>();
    for (const composition of truth.compositions) {
      const { phases, fractions = {}, compositions = {} } = truth.at(composition, 608);
      for (const phase of phases) names.add(phase.replace(/#\d$/, ""));
      for (const element of truth.components) {
        const mixed = phases.reduce(
          (sum, phase) => sum + (fractions[phase] ?? 0) * (compositions[phase]?.[element] ?? 0),
          0,
        );
        expect(Math.abs(mixed - (composition[element] ?? 0))).toBeLessThan(3e-5);
      }
    }
    expect(names.size).toBe(13);
  });

  test("an off-grid composition is the nearest row's", () => {
    const truth = loadPhaseTruth("al-mg-zn_608K");
    expect(truth.at({ Al: 0.506, Mg: 0.247, Zn: 0.247 }, 608)).toEqual(
      truth.at({ Al: 0.5, Mg: 0.25, Zn: 0.25 }, 608),
    );
  });

  test("a binary over temperature: one mole fraction says both, the nearest temperature counts", () => {
    const truth = loadPhaseTruth("al-zn");
    expect(truth.components).toEqual(["Al", "Zn"]);
    expect(truth.temperatures_K).toHaveLength(29);
    expect(truth.compositions).toHaveLength(51);
    const low = truth.at({ Al: 0.5, Zn: 0.5 }, 403);
    expect(low.phases).toEqual(["FCC_A1", "HCP_A3"]);
    expect(low).toEqual(truth.at({ Al: 0.5, Zn: 0.5 }, 400));
    expect(truth.at({ Al: 0.5, Zn: 0.5 }, 960).phases).toEqual(["LIQUID"]);
  });

  test("other tables serve as they are, missing ones say so", () => {
    expect(() => loadPhaseTruth("unobtainium")).toThrow(/No ground truth/);
    expect(() => loadPhaseTruth("/tmp/none.csv")).toThrow(/no sidecar/);
  });

  test("the strongest treatment is a maximum", () => {
    const best = mechanicalProperties(STRONGEST).strength_MPa;
    expect(best).toBeCloseTo(STRONGEST.strength_MPa, 9);
    for (const [dT, factor] of [
      [5, 1],
      [-5, 1],
      [0, 1.2],
      [0, 0.8],
    ] as const) {
      const near = {
        temperature_K: STRONGEST.temperature_K + dT,
        duration_h: STRONGEST.duration_h * factor,
      };
      expect(mechanicalProperties(near).strength_MPa).toBeLessThan(best);
    }
  });

  test("the dimer agrees with a brute-force trace over its four states", () => {
    const brute = (J_meV: number, g: number, H_T: number, T_K: number): number => {
      const kT = 0.08617333262 * T_K;
      const h = g * 0.05788381806 * H_T;
      const states = [
        { E: 0.75 * J_meV, m: 0 },
        ...[-1, 0, 1].map((m) => ({ E: -0.25 * J_meV - h * m, m })),
      ];
      const weights = states.map(({ E }) => Math.exp(-E / kT));
      const Z = weights.reduce((sum, w) => sum + w, 0);
      return states.reduce((sum, { m }, k) => sum + (m * (weights[k] ?? 0)) / Z, 0) / 2;
    };
    for (const [J, H, T] of [
      [-2, 10, 4.2],
      [-2, 20, 1.5],
      [3, 5, 20],
      [-5, 0, 10],
    ] as const) {
      expect(dimerMagnetisation({ J_meV: J, g: 2.08 }, H, T)).toBeCloseTo(brute(J, 2.08, H, T), 12);
    }
    expect(dimerMagnetisation({ J_meV: -2, g: 2 }, 60, 0.05)).toBeCloseTo(0.5, 12);
  });
});

describe("other instruments", () => {
  test("the property tester brings one objective or two", async () => {
    const agent = createVirtualAgent({
      instruments: [{ instrumentId: "tester-1", kind: "property-tester" }],
      noise: { measurement: 2 },
    });
    await agent.listen();
    const parameters = { temperature_K: 463, duration_h: 8 };
    agent.start("tester-1", { jobId: "a.s1", capability: "strength-test", parameters });
    await agent.run(650);
    agent.start("tester-1", {
      jobId: "b.s1",
      capability: "strength-and-elongation-test",
      parameters,
    });
    await agent.run(650);
    const names = agent
      .ofType("job.result")
      .filter(({ data }) => data["jobId"] === "b.s1")
      .map(({ data }) =>
        (data["observations"] as { name: string; value: number }[]).map((o) => o.name),
      );
    expect(names[0]).toEqual(["strength", "elongation"]);
    const strength = firstObservation(agent.ofType("job.result")[0]?.data);
    expect(Math.abs(Number(strength["value"]) - 480)).toBeLessThan(10);
    expect(strength["standardUncertainty"]).toBe(2);
  });

  test("the magnetometer sweeps the field and needs no phase diagram", async () => {
    const agent = createVirtualAgent({
      truth: "unobtainium",
      instruments: [{ instrumentId: "magnetometer-1", kind: "magnetometer" }],
    });
    await agent.listen();
    agent.start("magnetometer-1", {
      jobId: "a.s1",
      capability: "magnetisation",
      parameters: { temperature_K: 2, field_max_T: 30 },
    });
    await agent.run(650);
    const { axis, values } = firstObservation(agent.last("job.result")) as {
      axis: { values: number[] };
      values: number[];
    };
    expect(axis.values).toHaveLength(21);
    expect(axis.values.at(-1)).toBe(30);
    expect(values.at(-1)).toBeGreaterThan(0.49);
    expect(values[0]).toBe(0);
  });
});

test("the shipped table and its sidecar are those of the data folder", () => {
  const file = join(import.meta.dirname, "../../../simulators/truths/al-mg-zn_608K_2p5pct.csv");
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines).toHaveLength(862);
  expect(lines[0]).toMatch(/^x_A,x_B,x_C,phases,n_phases,G_J_per_mol,phase_1/);
});
