/** TL-3xxx: campaigns, jobs, instruments, safety. `what` is when it happens, `hint` what to do unless the error says better. */
export const LABORATORY_CODES = {
  "TL-3001": {
    what: "an operator command was refused",
    hint: "See the reason; tieline status shows the state.",
  },
  "TL-3002": {
    what: "a simulation failed",
    hint: "The same seed repeats it; please report the seed.",
  },
  "TL-3003": {
    what: "an emergency stop was not cleared",
    hint: "Send the clear anew, as a named operator, once the laboratory is safe; look at the clocks.",
  },
  "TL-3104": {
    what: "a set point is outside its limits",
    hint: "Change the limits of the campaign or choose another instrument.",
  },
  "TL-3105": {
    what: "two units that belong together are of different kinds",
    hint: "Correct the unit in the name, the recipe, the limit or the instrument's birth message.",
  },
  "TL-3106": {
    what: "a limit names something that nothing carries",
    hint: "Correct the name; docs/limits.md says what a limit may name.",
  },
  "TL-3107": {
    what: "a guard on an instrument's readings has tripped",
    hint: "Look at the instrument; the guard clears by itself when its readings are well again.",
  },
  "TL-3201": {
    what: "a device did not answer in time",
    hint: "Check its power and its line; the gateway goes on asking, and its job is in doubt until the device tells.",
  },
  "TL-3202": {
    what: "a device is not the one that is meant, or cannot be used",
    hint: "See the message; correct the device's definition or its configuration.",
  },
  "TL-3203": {
    what: "a device refused a request, or the line to it broke",
    hint: "See the message; the gateway connects anew and goes on asking.",
  },
  "TL-3204": {
    what: "a device kept another value than the one written",
    hint: "Look at its limits, its locks and who else commands it; nothing was started.",
  },
} as const;
