/** TL-6xxx: optimisation. `what` is when it happens, `hint` what to do unless the error says better. */
export const OPTIMISE_CODES = {
  "TL-6001": { what: "the optimisation input is not usable", hint: "See the message." },
} as const;
