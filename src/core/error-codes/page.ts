/** TL-9xxx: page, report, notifications. `what` is when it happens, `hint` what to do unless the error says better. */
export const PAGE_CODES = {
  "TL-9001": { what: "the page cannot be served", hint: "Choose another port." },
} as const;
