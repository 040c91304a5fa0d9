/** TL-5xxx: phase diagrams. `what` is when it happens, `hint` what to do unless the error says better. */
export const PHASE_DIAGRAM_CODES = {
  "TL-5001": { what: "the phase-diagram input is not usable", hint: "See the message." },
  "TL-5002": {
    what: "a linear system did not converge",
    hint: "The candidates may be spread very unevenly; this is a bug if they are a grid.",
  },
  "TL-5003": {
    what: "a setting of the phase map is unknown",
    hint: "tieline evaluate phase-diagram --help lists them.",
  },
  "TL-5004": {
    what: "coexistence was asked for where it is not possible",
    hint: "It needs three mole fractions as axes, and results with the composition of each phase.",
  },
} as const;
