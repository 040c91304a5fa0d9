/** TL-7xxx: structures and simulations. `what` is when it happens, `hint` what to do unless the error says better. */
export const STRUCTURE_CODES = {
  "TL-7001": { what: "the structure input is not usable", hint: "See the message." },
} as const;
