/** TL-8xxx: effective models. `what` is when it happens, `hint` what to do unless the error says better. */
export const EFFECTIVE_MODEL_CODES = {
  "TL-8001": { what: "the model input is not usable", hint: "See the message." },
} as const;
