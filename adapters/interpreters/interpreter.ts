import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { Observation } from "../../src/domain/observation.ts";

/** Observations of one kind. */
export type Raw<Kind extends Observation["kind"]> = Observation & { readonly kind: Kind };

/** Goes with every interpretation: aborted when its deadline has passed, or the daemon stops. */
export interface InterpretationCall {
  readonly signal: AbortSignal;
}

/**
 * Turns a raw observation into what it means: a trajectory or a diffraction pattern into phases. It sees facts as they were decoded,
 * never bytes, and what it gives is logged beside the raw observation, so that a replay needs neither it nor the raw data (decision
 * 45). Therefore it must give the same for the same raw observation and settings; whatever takes long belongs into a thread.
 */
export interface Interpreter<
  Kind extends Observation["kind"] = Observation["kind"],
  Settings = unknown,
> {
  /** Shown in logs. */
  readonly name: string;
  /** Kind of the raw observation. */
  readonly takes: Kind;
  /** Kind of what it gives: a result that brings one already is left as it is. */
  readonly gives: Observation["kind"];
  /** For one interpretation, ms; default ten minutes. */
  readonly deadline_ms?: number | undefined;
  /** What is needed to interpret `raw` for this campaign, as JSON; `undefined` where it is not to be interpreted. */
  settings(spec: CampaignSpec, raw: Raw<Kind>): Settings | undefined;
  /** What it means. Rejects with the reason where that cannot be told: the result then says so as a failure. */
  interpret(
    raw: Raw<Kind>,
    settings: Settings,
    call: InterpretationCall,
  ): Observation | Promise<Observation>;
  stop?(): Promise<void> | void;
}
