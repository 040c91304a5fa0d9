/** TL-9xxx: page, report, notifications. `what` is when it happens, `hint` what to do unless the error says better. */
export const PAGE_CODES = {
  "TL-9001": {
    what: "the page cannot be served",
    hint: "Choose another port: --page-port 8081 or, for good, page.port in the configuration.",
  },
  "TL-9002": { what: "a request to the page is not usable", hint: "See the message." },
  "TL-9003": {
    what: "the page is read-only",
    hint: "Use the command line or MQTT, or start the daemon without read-only.",
  },
  "TL-9004": {
    what: "an operator is not known or the key is wrong",
    hint: "Check the name and the key with whoever set the operators up.",
  },
  "TL-9005": {
    what: "a campaign or instrument does not exist",
    hint: "tieline status lists those that do.",
  },
  "TL-9006": {
    what: "the agent did not reply in time",
    hint: "Look at the event stream before trying again: the command may have been carried out.",
  },
  "TL-9007": {
    what: "a standby was asked to do something",
    hint: "Ask the daemon that leads: its page, the command line or MQTT.",
  },
  "TL-9008": {
    what: "a photograph cannot be taken",
    hint: "JPEG, PNG and WebP up to 12 MB are kept, with reports, comments and told results.",
  },
  "TL-9009": {
    what: "there is no room for another photograph",
    hint: "Send the word without it, or ask who keeps the daemon to raise the bound or to move older ones away (docs/people.md).",
  },
  "TL-9010": {
    what: "a notification could not be delivered",
    hint: "Check the webhook's address; the dashboard shows the same alarm.",
  },
  "TL-9020": { what: "a report cannot be made", hint: "See the message." },
} as const;
