/** TL-1xxx: command line, configuration, tables. `what` is when it happens, `hint` what to do unless the error says better. */
export const CONFIGURATION_CODES = {
  "TL-1001": { what: "a command was misused", hint: "Run it with --help for an example." },
  "TL-1002": { what: "a file cannot be read", hint: "Check the path and its permissions." },
  "TL-1003": {
    what: "a file cannot be written",
    hint: "Check the folder, its permissions and the free space.",
  },
  "TL-1010": {
    what: "a configuration has problems",
    hint: "Correct the lines named above; tieline validate --config FILE checks again.",
  },
  "TL-1011": { what: "a configuration file is not valid YAML", hint: "Correct the line named." },
  "TL-1012": {
    what: "the definition of a device model has problems",
    hint: "Correct the lines named; docs/gateways.md explains every key.",
  },
  "TL-1020": { what: "a table (CSV) cannot be understood", hint: "Correct the line named." },
  "TL-1021": {
    what: "a column is missing from a table",
    hint: "Check the header line of the file.",
  },
  "TL-1030": {
    what: "doctor found something wrong",
    hint: "Follow the advice of each line marked BAD.",
  },
  "TL-1031": {
    what: "a module of yours cannot be used",
    hint: "See docs/gateway.md for devices, docs/interpreters.md for interpreters.",
  },
  "TL-1099": {
    what: "an unexpected failure",
    hint: "This is a bug; please report it with the text above.",
  },
} as const;
