import { describe, expect, test } from "vitest";
import { readPattern } from "../../../adapters/patterns/read-pattern.ts";

const text = (content: string) => readPattern(Buffer.from(content), "sample");
const rows = (from: number, step: number, n: number, rest: (k: number) => string): string =>
  Array.from({ length: n }, (_, k) => `${(from + k * step).toFixed(4)} ${rest(k)}`).join("\n");
const counts = Array.from({ length: 30 }, (_, k) => 100 + k);

function xrdml(options: { list?: boolean; element?: string; factors?: boolean; scans?: number }) {
  const { list = false, element = "intensities", factors = false, scans = 1 } = options;
  const angles = counts.map((_, k) => 20 + k * 0.1);
  const positions = list
    ? `<listPositions>${angles.join(" ")}</listPositions>`
    : `<startPosition>20</startPosition><endPosition>${20 + 2.9}</endPosition>`;
  const attenuation = factors
    ? `<beamAttenuationFactors>${counts.map((_, k) => (k === 3 ? 10 : 1)).join(" ")}</beamAttenuationFactors>`
    : "";
  const scan = `<scan><dataPoints><positions axis="2Theta" unit="deg">${positions}</positions>
    <positions axis="Omega" unit="deg"><startPosition>10</startPosition><endPosition>12</endPosition></positions>
    <commonCountingTime unit="seconds">0.5</commonCountingTime>${attenuation}
    <${element} unit="counts">${counts.join(" ")}</${element}></dataPoints></scan>`;
  return `\uFEFF<?xml version="1.0"?><xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5">
    <xrdMeasurement><usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">1.78901</kAlpha1>
    <kAlpha2 unit="Angstrom">1.7929</kAlpha2><ratioKAlpha2KAlpha1>0.5</ratioKAlpha2KAlpha1></usedWavelength>
    ${scan.repeat(scans)}</xrdMeasurement></xrdMeasurements>`;
}

describe("pattern files", () => {
  test.each([
    ["1.5 with start and end", xrdml({})],
    ["2.x with counts and a list of angles", xrdml({ list: true, element: "counts" })],
  ])("XRDML %s", (_, content) => {
    const { x, intensity, unit, countingTime_s, radiation } = text(content);
    expect(x[29]).toBeCloseTo(22.9, 9);
    expect(Array.from(intensity)).toEqual(counts);
    expect({ unit, countingTime_s }).toEqual({ unit: "counts", countingTime_s: 0.5 });
    expect(radiation?.[0]).toEqual({ wavelength_A: 1.78901, share: 1 / 1.5 });
  });

  test("XRDML: attenuation factors are applied, repeated scans added", () => {
    const { intensity, countingTime_s } = text(xrdml({ factors: true, scans: 2 }));
    expect(intensity[3]).toBe(2 * 1030);
    expect(intensity[4]).toBe(2 * 104);
    expect(countingTime_s).toBe(1);
  });

  test("Rigaku .ras: the third column is a factor", () => {
    const { intensity, unit, countingTime_s } = text(
      `*RAS_DATA_START\n*RAS_HEADER_START\n*HW_XG_WAVE_LENGTH_ALPHA1 "1.540593"\n*MEAS_SCAN_SPEED "6"\n` +
        `*MEAS_SCAN_STEP "0.1"\n*MEAS_SCAN_UNIT_Y "cps"\n*RAS_HEADER_END\n*RAS_INT_START\n` +
        `${rows(20, 0.1, 25, (k) => `${50 + k} ${k === 2 ? "8.5" : "1.0"}`)}\n*RAS_INT_END\n*RAS_DATA_END`,
    );
    expect(intensity[2]).toBeCloseTo(52 * 8.5, 9);
    expect(unit).toBe("countsPerSecond");
    expect(countingTime_s).toBeCloseTo(1, 9);
  });

  test("GSAS: angles above 180 are hundredths of a degree", () => {
    const bank = "title\nBANK 1 30 30 CONS 2000 10 0 0 FXYE\n";
    const hundredths = text(bank + rows(2000, 10, 30, () => "12.0 3.4"));
    const degrees = text(bank + rows(20, 0.1, 30, () => "12.0 3.4"));
    expect(Array.from(hundredths.x)).toEqual(Array.from(degrees.x, (v) => expect.closeTo(v, 6)));
  });

  test("columns: a head names the axis, comments are passed over, falling axes are turned", () => {
    const q = text(`# a comment\nQ_per_nm,intensity\n${rows(15, 0.1, 25, (k) => `,${k}`)}`);
    expect(q.axis).toBe("Q_per_nm");
    const falling = text(rows(60, -0.1, 25, (k) => `${k} 1`));
    expect(falling.axis).toBe("twoTheta_deg");
    expect(falling.x[0]).toBeCloseTo(57.6, 9);
    expect(falling.intensity[0]).toBe(24);
  });

  test.each([
    ["semicolons", (x: string, y: string) => `${x};${y}`],
    ["blanks", (x: string, y: string) => `  ${x}   ${y}`],
    ["tabs, a third column", (x: string, y: string) => `${x}\t${y}\t1,5`],
  ])("columns with decimal commas: %s", (_, line) => {
    const lines = counts.map((y, k) =>
      line((20 + 0.05 * k).toFixed(2).replace(".", ","), k % 2 === 0 ? `${y}` : `${y},5`),
    );
    const { x, intensity, unit } = text(`2theta;counts\n${lines.join("\n")}\n`);
    expect(x[29]).toBeCloseTo(21.45, 9);
    expect(Array.from(intensity.slice(0, 3))).toEqual([100, 101.5, 102]);
    expect(unit).toBe("counts");
  });

  test("commas between columns stay commas between columns", () => {
    const lines = counts.map((y, k) => `${20 + k},${y}`);
    expect(text(lines.join("\n")).intensity[1]).toBe(101);
    const spaced = counts.map((y, k) => `${20 + k}, ${y}`);
    expect(text(spaced.join("\n")).intensity[1]).toBe(101);
  });

  test("an axis that stands still is refused", () => {
    const lines = counts.map((y, k) => `${20 + Math.floor(k / 10)},${k},${y}`);
    expect(() => text(lines.join("\n"))).toThrow(/30 points stand at only 3 places/);
  });

  test.each([
    ["#2th_rad        I", "twoTheta_deg", 180 / Math.PI],
    ["#2th_deg        I", "twoTheta_deg", 1],
    ["#q_A^-1         I", "Q_per_nm", 10],
    ["#q_nm^-1        I", "Q_per_nm", 1],
    ["#d_nm           I", "d_A", 10],
    ["# Q (1/nm)  Intensity", "Q_per_nm", 1],
    ["# Q, intensity", "Q_per_nm", 10],
    ["[DiffractionObject]\nname = s\n\n#### start data\n# Q_per_A", "Q_per_nm", 10],
    ["# 2theta (rad), counts", "twoTheta_deg", 180 / Math.PI],
    ["# Quick scan of sample D at d = 5", "twoTheta_deg", 1],
    ["sample.chi\nQ (Inverse Angstroms)\nIntensity\n       25", "Q_per_nm", 10],
    ["sample.chi\n2-Theta Angle (Degrees)\nIntensity\n       25", "twoTheta_deg", 1],
  ] as const)("columns: %j is an axis with its unit", (head, axis, scale) => {
    const found = text(`${head}\n${rows(0.5, 0.25, 25, (k) => `${k}`)}`);
    expect(found.axis).toBe(axis);
    expect(found.x[2]).toBeCloseTo(scale, 9);
  });

  test("columns: pyFAI's head says the wavelength of its two theta", () => {
    const head = `# {\n#     "dist": 0.2,\n#     "wavelength": 4.5e-11\n# }\n#2th_deg        I             `;
    const { axis, radiation } = text(`${head}\n${rows(5, 0.1, 25, (k) => `${k}`)}`);
    expect(axis).toBe("twoTheta_deg");
    expect(radiation).toEqual([{ wavelength_A: expect.closeTo(0.45, 9), share: 1 }]);
  });

  test.each([
    ["#r_mm           I", /its first column is r_mm: neither two theta, Q nor d/],
    ["#d*2_A^-2       I", /its first column is d\*2_a\^-2/],
    ["#chi_deg        I", /chi_deg/],
    [
      "[DiffractionObject]\nname = s\nwavelength = 0.5\n\n#### start data",
      /diffpy.utils wrote it without a word on what its first column is/,
    ],
    [
      "#{str(dim1_unit):14s}  {'I':14s}  {'sigma':14s}",
      /template \{str\(dim1_unit\):14s\} where the axis/,
    ],
  ])("columns: %j is refused, not taken for two theta", (head, message) => {
    expect(() => text(`${head}\n${rows(1, 0.1, 25, (k) => `${k} 1`)}`)).toThrow(message);
  });

  test("Bruker RAW1.01: every range with its own step and time", () => {
    const range = (start: number, step: number, time: number, values: readonly number[]) => {
      const head = Buffer.alloc(304 + 40);
      head.writeUInt32LE(304, 0);
      head.writeUInt32LE(values.length, 4);
      head.writeDoubleLE(start, 16);
      head.writeDoubleLE(step, 176);
      head.writeFloatLE(time, 192);
      head.writeUInt32LE(40, 256);
      const data = Buffer.alloc(4 * values.length);
      values.forEach((v, k) => {
        data.writeFloatLE(v, 4 * k);
      });
      return Buffer.concat([head, data]);
    };
    const file = Buffer.alloc(712);
    file.write("RAW1.01", 0, "latin1");
    file.writeUInt32LE(2, 12);
    file.writeDoubleLE(1.5406, 624);
    file.writeDoubleLE(1.54439, 632);
    file.writeDoubleLE(0.5, 648);
    const all = Buffer.concat([
      file,
      range(10, 0.1, 1, Array(20).fill(50)),
      range(30, 0.05, 4, Array(20).fill(200)),
    ]);
    const { x, intensity, countingTime_s } = readPattern(all, "two.raw");
    expect([x[0], x[19], x[20], x[39]]).toEqual(
      [10, 11.9, 30, 30.95].map((v) => expect.closeTo(v, 9)),
    );
    expect(countingTime_s).toBe(4);
    expect(intensity[0]).toBe(200);
    expect(intensity[39]).toBe(200);
    expect(() => readPattern(all.subarray(0, 1000), "cut.raw")).toThrow(/ends too early/);
  });

  test.each([
    ["text", "once upon a time", /no two columns/],
    ["another RAW", "RAW4.00", /version/],
    ["a row without a number", `${rows(20, 0.1, 25, () => "1")}\nend of file`, /line 26/],
    ["XML that is cut", "<xrdMeasurements><xrdMeasurement>", /no scan/],
    ["too few points", "10 1\n11 2", /only 2 points/],
  ])("%s is refused", (_, content, message) => {
    expect(() => text(content)).toThrow(message);
  });
});
