import type { Parameters } from "../../src/domain/candidate.ts";

/** What really happened to matter and machines; checkers read it, instruments and the daemon never do. */
export type LedgerEntry =
  | {
      readonly event: "started";
      readonly time_ms: number;
      readonly instrumentId: string;
      readonly campaignId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly capability: string;
      readonly parameters: Parameters;
      readonly sampleIds: readonly string[];
      /** Doing it twice harms nothing. */
      readonly repeatable: boolean;
    }
  | {
      readonly event: "ended";
      readonly time_ms: number;
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly outcome: "result" | "failed" | "lost";
    }
  /** The agent's `ack` reached the instrument: the result is safe. */
  | {
      readonly event: "acked";
      readonly time_ms: number;
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
    }
  /** The instrument refused a command. */
  | {
      readonly event: "refused";
      readonly time_ms: number;
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly reason: string;
    };

/** A checker's finding; an empty list is a good run. */
export interface Violation {
  readonly checker: string;
  readonly detail: string;
}
