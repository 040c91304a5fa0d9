import type { Logger } from "../core/logger.ts";
import type { EventLog } from "../events/event-log.ts";
import type { FoldSnapshot, PackedCampaign, SnapshotStore } from "../events/fold-snapshot.ts";
import type { CampaignIndex, SavedIndex } from "../runtime/campaign-index.ts";
import type { Lab } from "../runtime/lab.ts";
import { restoreLab, saveLab } from "../runtime/lab-snapshot.ts";
import type { LabView } from "../views/lab-view.ts";

/** When a snapshot is made. */
export interface SnapshotPace {
  /** A log of fewer events is read in a moment: no snapshot is made of it. */
  readonly events_min: number;
  /** A snapshot is made after so many events more. */
  readonly eventsBetween: number;
}

const PACE: SnapshotPace = { events_min: 5_000, eventsBetween: 10_000 };
/** And at a clean stop after so many. */
const EVENTS_BEFORE_STOP = 1_000;

/** What follows from the log and is put back as a whole. */
export interface Folded {
  readonly lab: Lab;
  readonly index: CampaignIndex;
  /** Absent where nobody looks. */
  readonly view?: LabView | undefined;
}

/** Puts a snapshot into an empty laboratory, index and view. Returns the position up to which the log is folded. */
export function restoreSnapshot({ lab, index, view }: Folded, snapshot: FoldSnapshot): number {
  const saved = JSON.parse(snapshot.text) as Saved;
  restoreLab(lab, saved.lab);
  index.restore(saved.index);
  view?.restore(saved.view);
  for (const [id, packed] of snapshot.packed) {
    if (packed.lab !== undefined) lab.shelf?.packed.set(id, packed.lab);
    if (packed.view !== undefined) view?.packed.set(id, packed.view);
  }
  return snapshot.mark.position;
}

interface Saved {
  readonly lab: unknown;
  readonly index: SavedIndex;
  readonly view: unknown;
}

/** Makes snapshots now and then, of what is folded at that moment. */
export interface FoldCache {
  /** Called when everything that the log has is folded. */
  note(): void;
  /** Called once nothing more is appended. */
  stop(): Promise<void>;
}

export function createFoldCache(needs: {
  readonly folded: Required<Folded>;
  readonly log: EventLog;
  readonly store: SnapshotStore;
  readonly logger: Logger;
  /** Position of the last snapshot. */
  readonly from: number;
  readonly pace?: SnapshotPace | undefined;
}): FoldCache {
  const { folded, log, store, logger, pace = PACE } = needs;
  let last = needs.from;
  let saving: Promise<void> | undefined;

  const save = async (): Promise<void> => {
    // The log's end and what is folded of it are taken in the same moment; what is slow comes after.
    const marking = log.mark?.();
    const content = contentOf(folded);
    last = folded.lab.position;
    const mark = await marking;
    if (mark !== undefined) await store.save({ mark, ...content });
  };
  const begin = (): void => {
    saving = save()
      .catch((error: unknown) =>
        logger.warn({ error: String(error) }, "snapshot.notWritten: the next start takes longer"),
      )
      .finally(() => {
        saving = undefined;
      });
  };
  const isDue = (events: number): boolean => {
    const { position } = folded.lab;
    return (
      position >= pace.events_min && position - last >= events && position === log.lastPosition
    );
  };
  return {
    note: () => {
      if (saving === undefined && isDue(pace.eventsBetween)) begin();
    },
    stop: async () => {
      await saving;
      if (isDue(EVENTS_BEFORE_STOP)) begin();
      await saving;
    },
  };
}

function contentOf({ lab, index, view }: Required<Folded>): Omit<FoldSnapshot, "mark"> {
  const saved: Saved = { lab: saveLab(lab), index: index.save(), view: view?.save() };
  const packed = new Map<string, PackedCampaign>();
  for (const [id, bytes] of lab.shelf?.packed ?? []) packed.set(id, { lab: bytes });
  for (const [id, bytes] of view?.packed ?? []) packed.set(id, { ...packed.get(id), view: bytes });
  return { text: JSON.stringify(saved), packed };
}
