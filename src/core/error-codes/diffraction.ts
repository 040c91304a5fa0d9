/** TL-71xx: diffraction patterns and references. `what` is when it happens, `hint` what to do unless the error says better. */
export const DIFFRACTION_CODES = {
  "TL-7101": {
    what: "a CIF file cannot be understood",
    hint: "Give the cell, the symmetry operators and the atoms' fractional coordinates.",
  },
  "TL-7102": {
    what: "a reference gives no usable lines",
    hint: "Check its cell, its elements and the wavelength.",
  },
  "TL-7103": {
    what: "a pattern file cannot be understood",
    hint: "Use XRDML, Rigaku .ras, Bruker RAW1.01, .xy, .xye, .csv or GSAS .fxye; see docs/patterns.md.",
  },
  "TL-7104": {
    what: "the references are not usable",
    hint: "Give a folder or files: .cif, or .csv with a head d_angstrom,intensity or Q_per_nm,intensity.",
  },
  "TL-7105": {
    what: "a pattern and the wavelength do not fit together",
    hint: "Give --wavelength: an anode (Cu, Co, Mo, Fe, Cr, Ag) or angstrom; name an axis of Q or d in the file's head (Q_per_A, d_angstrom).",
  },
} as const;
