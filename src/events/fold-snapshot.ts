import type { LogMark } from "./event-log.ts";

/** What was folded of a log up to its mark: a cache of it, and never more. */
export interface FoldSnapshot {
  readonly mark: LogMark;
  /** All but what is packed, as JSON. */
  readonly text: string;
  /** Campaigns that are over: what of them lies on the laboratory's shelf and on the view's. */
  readonly packed: ReadonlyMap<string, PackedCampaign>;
}

export interface PackedCampaign {
  readonly lab?: Uint8Array | undefined;
  readonly view?: Uint8Array | undefined;
}

/** Where the snapshot of a log is kept. What it keeps may be lost at any time: then a start takes longer. */
export interface SnapshotStore {
  /** The last snapshot that this very program made; `undefined` where there is none that is whole. */
  load(): Promise<FoldSnapshot | undefined>;
  save(snapshot: FoldSnapshot): Promise<void>;
}
