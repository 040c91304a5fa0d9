/** TL-5xxx: phase diagrams. `what` is when it happens, `hint` what to do unless the error says better. */
export const PHASE_DIAGRAM_CODES = {
  "TL-5001": { what: "the phase-diagram input is not usable", hint: "See the message." },
} as const;
