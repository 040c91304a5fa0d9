import type { Section } from "../support/pattern-spread.ts";

/** Made-up sections of three components with solid solutions; shares are those of the second and third component. */
export const SECTIONS: Readonly<
  Record<string, Section & { readonly elements: readonly string[] }>
> = {
  "ZnO-TiO2-NiO": {
    elements: ["Zn", "Ti", "Ni", "O"],
    phases: [
      { name: "ZnO", at: [0, 0], slope: [0.02, -0.05] },
      { name: "TiO2-rutile", at: [1, 0], slope: [0.03, 0.04] },
      { name: "NiO", at: [0, 1], slope: [0.03, -0.06] },
      { name: "Zn2TiO4", at: [1 / 3, 0], slope: [0.05, -0.08] },
      { name: "NiTiO3", at: [0.5, 0.5], slope: [-0.06, -0.07] },
    ],
    triangles: [
      [0, 3, 2],
      [3, 4, 2],
      [3, 1, 4],
    ],
  },
  "Li2O-MnO-TiO2": {
    elements: ["Li", "Mn", "Ti", "O"],
    phases: [
      { name: "Li2O_225", at: [0, 0], slope: [0.04, 0.02] },
      { name: "MnO", at: [1, 0], slope: [0.05, -0.04] },
      { name: "TiO2-rutile", at: [0, 1], slope: [0.04, -0.03] },
      { name: "TiMnO3_148", at: [0.5, 0.5], slope: [0.07, -0.06] },
      { name: "LiMnO2_59", at: [0.5, 0], slope: [0.05, 0.06] },
      { name: "Li3Ti4O8_3", at: [0, 0.6], slope: [-0.05, 0.05] },
    ],
    triangles: [
      [0, 4, 5],
      [4, 1, 3],
      [4, 3, 5],
      [5, 3, 2],
    ],
  },
  "V2O5-La2O3-ZrO2 (hold-out)": {
    elements: ["V", "La", "Zr", "O"],
    phases: [
      { name: "V2O5", at: [0, 0], slope: [0.03, 0.04] },
      { name: "La2O3", at: [1, 0], slope: [0.04, -0.04] },
      { name: "ZrO2-m", at: [0, 1], slope: [0.04, -0.03] },
      { name: "LaVO4", at: [0.5, 0], slope: [0.05, -0.05] },
      { name: "ZrO2-t", at: [0.3, 0.6], slope: [0.08, -0.05] },
    ],
    triangles: [
      [0, 3, 2],
      [3, 4, 2],
      [3, 1, 4],
      [4, 1, 2],
    ],
  },
  "Al2O3-MnF2-TiO2 (hold-out)": {
    elements: ["Al", "Mn", "Ti", "O", "F", "Li"],
    phases: [
      { name: "Al2O3", at: [0, 0], slope: [0.04, 0.04] },
      { name: "MnF2_136", at: [1, 0], slope: [0.03, -0.04] },
      { name: "TiO2-anatase", at: [0, 1], slope: [-0.05, -0.03] },
      { name: "Mn3O4", at: [0.5, 0.2], slope: [0.06, -0.06] },
      { name: "TiMn2O4_95", at: [0.4, 0.6], slope: [0.05, 0.05] },
    ],
    triangles: [
      [0, 1, 3],
      [0, 3, 2],
      [3, 4, 2],
      [3, 1, 4],
    ],
  },
};
