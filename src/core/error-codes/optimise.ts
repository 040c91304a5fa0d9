/** TL-6xxx: optimisation. `what` is when it happens, `hint` what to do unless the error says better. */
export const OPTIMISE_CODES = {
  "TL-6001": { what: "the optimisation input is not usable", hint: "See the message." },
  "TL-6002": {
    what: "an optimisation setting is unknown or impossible",
    hint: "See the values named in the message.",
  },
  "TL-6003": {
    what: "the search space of an optimisation is not usable",
    hint: "Check the candidates: columns, values, limits.",
  },
} as const;
