import type { QuarantineReason } from "../events/lab-fact.ts";

/** Why a message was kept out, for people. */
export const QUARANTINE_WORDS: Readonly<Record<QuarantineReason, string>> = {
  notJson: "it was no JSON",
  notCloudEvent: "it had not the envelope of the contract",
  unknownType: "its type is not in the contract",
  wrongTopic: "it came on another topic than its content says",
  invalidData: "its content is not what the contract allows",
  oversized: "it was too large",
  conflictingResult: "it said something else than the result that the job has already",
  unknownJob: "nobody knows the job that it was about",
  notItsInstrument: "its sender was not the instrument that had the job",
  notAllowed: "its sender was not proven, or has not the right",
  unknownCampaign: "there is no such campaign",
  retainedCommand: "a command must not be retained",
  tooMany: "there were more of its kind than a laboratory has to say",
  clearRefused: "who wanted to clear an emergency stop may not, or was too late",
};
