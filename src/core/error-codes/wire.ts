/** TL-2xxx: MQTT, broker, messages. `what` is when it happens, `hint` what to do unless the error says better. */
export const WIRE_CODES = {
  "TL-2001": {
    what: "the broker cannot be reached",
    hint: "Check that it runs and that the address is right.",
  },
  "TL-2002": { what: "a port is taken", hint: "Stop the other program or choose another port." },
  "TL-2003": {
    what: "no daemon answers",
    hint: "Check that a daemon runs on this broker and site.",
  },
} as const;
