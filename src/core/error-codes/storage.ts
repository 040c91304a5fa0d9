/** TL-4xxx: event log, data folder. `what` is when it happens, `hint` what to do unless the error says better. */
export const STORAGE_CODES = {
  "TL-4001": { what: "the event log cannot be opened", hint: "Check the data folder." },
  "TL-4002": {
    what: "the event log was written by a newer version",
    hint: "Start the newer version of Tieline; nothing was changed.",
  },
  "TL-4003": {
    what: "the event log cannot be written",
    hint: "Free disk space and start again; nothing that was acknowledged is lost.",
  },
  "TL-4004": {
    what: "the event log is damaged before its end",
    hint: "Keep a copy of the data folder and restore it from a backup.",
  },
  "TL-4005": {
    what: "another daemon uses this data folder",
    hint: "Stop it or choose another folder with --data.",
  },
  "TL-4006": {
    what: "a proposal of the log is not what the planner gives now",
    hint: "Another version of Tieline, or another machine's arithmetic, made it; the log's proposal stands.",
  },
  "TL-4007": {
    what: "events that were acknowledged are gone from the event log",
    hint: "Keep a copy of the folder. Restore the log from a backup, or start once with --accept-loss: results of the gap are to be measured again.",
  },
  "TL-4008": {
    what: "an event log was not copied",
    hint: "Name an empty folder, or another schema of the database.",
  },
  "TL-4009": {
    what: "a bundle is not what was bundled",
    hint: "Take it from where it came once more; sha256sum -c SHA256SUMS names every file that differs.",
  },
  "TL-4010": {
    what: "the lead was not handed over",
    hint: "Start a daemon with --standby on the same log, and see on the leader's page that it follows.",
  },
  "TL-4011": {
    what: "a standby followed a log that is not the one to lead",
    hint: "Start it again: it folds the log anew. Look why the database lost what it had shown.",
  },
} as const;
