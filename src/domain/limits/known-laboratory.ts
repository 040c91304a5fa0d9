import type { CampaignSpec } from "../campaign.ts";
import type { Limits } from "../candidate.ts";
import type { InstrumentBirth } from "../instrument.ts";
import type { HoursText } from "../opening-hours.ts";
import type { Condition } from "./condition.ts";
import type { Guard } from "./guard.ts";

/** What the configuration says of one instrument. */
export interface InstrumentPolicy {
  readonly limits: Limits;
  readonly conditions?: readonly Condition[] | undefined;
  readonly guards?: readonly Guard[] | undefined;
  /** Hours in which a job may start on it; absent: at any time. */
  readonly hours?: HoursText | undefined;
}

export type InstrumentPolicies = Readonly<Record<string, InstrumentPolicy>>;

export type KnownBirth = Pick<InstrumentBirth, "capabilities" | "channels">;

/** Something that the configuration and the instruments' births do not agree on. */
export interface BirthProblem {
  /** Keys in the configuration; a campaign by its id. */
  readonly path: readonly (string | number)[];
  /** What is wrong, and what to write instead. */
  readonly text: string;
  /** Gets no job until it is solved. */
  readonly instrumentId?: string | undefined;
  /** Starts nothing new until it is solved. */
  readonly campaignId?: string | undefined;
}

export interface Laboratory {
  readonly policies: Readonly<Record<string, InstrumentPolicy>>;
  readonly campaigns: readonly CampaignSpec[];
  readonly births: ReadonlyMap<string, KnownBirth>;
  /** Instruments have had the time to say that they are there. */
  readonly isSettled: boolean;
  /** Kinds of result that are turned into others; absent: what recipes bring, and where axes lie, is not looked at. */
  readonly interprets?: readonly { readonly takes: string; readonly gives: string }[] | undefined;
}
