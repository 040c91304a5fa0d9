/** TL-8xxx: effective models. `what` is when it happens, `hint` what to do unless the error says better. */
export const EFFECTIVE_MODEL_CODES = {
  "TL-8001": { what: "the model input is not usable", hint: "See the message." },
  "TL-8002": {
    what: "a field of the specification is missing or has the wrong form",
    hint: "Run `tieline effective-model forward --help` or `estimate --help` for an example.",
  },
  "TL-8003": {
    what: "the bonds do not make one Hermitian Hamiltonian",
    hint: "Give each bond once, between two different sites counted from 0.",
  },
  "TL-8004": {
    what: "some spins are not connected to the others",
    hint: "Describe one connected cluster, and each separate one in a file of its own.",
  },
  "TL-8005": {
    what: "the cluster needs more memory or time than it may",
    hint: 'Use fewer spins, or `"method": "lanczos"` for a forward calculation.',
  },
  "TL-8006": {
    what: "a number cannot be in the unit that is asked for",
    hint: "J in meV, T in kelvin, H in tesla, magnetisation per spin in units of g mu_B (at most S).",
  },
  "TL-8007": {
    what: "the data do not determine the model",
    hint: "Give more measured points than free couplings, or fix or tie some couplings.",
  },
  "TL-8008": {
    what: "a file could not be read or written",
    hint: "Check the path and its permissions.",
  },
} as const;
