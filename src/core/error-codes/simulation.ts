/** TL-0xxx: the simulated laboratory. `what` is when it happens, `hint` what to do unless the error says better. */
export const SIMULATION_CODES = {
  "TL-0101": {
    what: "a ground truth cannot be read",
    hint: "Give the name of one that ships, or a table with its sidecar (see docs/simulated-laboratory.md).",
  },
  "TL-0102": {
    what: "a fault that the simulated laboratory does not know",
    hint: "tieline simulate --help lists the faults.",
  },
  "TL-0103": {
    what: "a simulated instrument's journal cannot be read",
    hint: "Move the file away to start that instrument afresh.",
  },
  "TL-0104": {
    what: "the simulated laboratory is described wrongly",
    hint: "Give every simulated instrument a name of its own.",
  },
} as const;
