import type { Packer } from "../core/packer.ts";
import { fromPlain, toPlain } from "../core/plain.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { type CampaignFold, createCampaignFold, restoreCampaignFold } from "./campaign-fold.ts";
import type { CampaignLine } from "./overview-view.ts";
import type { CampaignStatePayload } from "./wire-payloads.ts";

/** What the overview says of a campaign that lies on the shelf. */
export interface ShelvedLine {
  readonly line: CampaignLine;
  readonly stateReason?: string | undefined;
  /** What its topic `campaign/{id}/state` says. */
  readonly payload: CampaignStatePayload;
}

/** The folds of all campaigns: those at hand, and packed those that are over for a while. */
export interface CampaignFolds {
  define(spec: CampaignSpec, time_ms: number): void;
  /** The fold, to be changed: taken from the shelf where it lies there. */
  get(campaignId: string): CampaignFold | undefined;
  /** The fold, to be looked at: what lies on the shelf stays there. */
  look(campaignId: string): CampaignFold | undefined;
  shelve(campaignId: string, line: ShelvedLine): void;
  lineOf(campaignId: string): ShelvedLine | undefined;
  /** In the order of their definition. */
  readonly ids: readonly string[];
  readonly atHand: readonly string[];
  readonly packed: Map<string, Uint8Array>;
  /** All but what is packed. */
  save(): SavedFolds;
  restore(saved: SavedFolds): void;
}

export interface SavedFolds {
  readonly ids: readonly string[];
  readonly atHand: readonly (readonly [string, unknown])[];
  readonly lines: readonly (readonly [string, ShelvedLine])[];
}

export function createCampaignFolds(packer: Packer | undefined): CampaignFolds {
  const ids: string[] = [];
  const warm = new Map<string, CampaignFold>();
  const packed = new Map<string, Uint8Array>();
  const lines = new Map<string, ShelvedLine>();

  const look = (id: string): CampaignFold | undefined => {
    const bytes = packed.get(id);
    if (bytes === undefined || packer === undefined) return warm.get(id);
    return restoreCampaignFold(fromPlain(JSON.parse(packer.unpack(bytes))));
  };
  const get = (id: string): CampaignFold | undefined => {
    const fold = look(id);
    if (fold !== undefined && packed.delete(id)) {
      lines.delete(id);
      warm.set(id, fold);
    }
    return fold;
  };
  return {
    // A second definition adds candidates: what was folded stays.
    define: (spec, time_ms) => {
      const known = get(spec.campaignId);
      if (known !== undefined) return known.extended(spec);
      ids.push(spec.campaignId);
      warm.set(spec.campaignId, createCampaignFold(spec, time_ms));
    },
    get,
    look,
    shelve: (id, line) => {
      const fold = warm.get(id);
      if (fold === undefined || packer === undefined) return;
      packed.set(id, packer.pack(JSON.stringify(toPlain(fold.save()))));
      lines.set(id, line);
      warm.delete(id);
    },
    lineOf: (id) => lines.get(id),
    ids,
    get atHand() {
      return [...warm.keys()];
    },
    packed,
    save: () => ({
      ids,
      atHand: [...warm].map(([id, fold]) => [id, fold.save()] as const),
      lines: [...lines],
    }),
    restore: (saved) => {
      ids.push(...saved.ids);
      for (const [id, plain] of saved.atHand) warm.set(id, restoreCampaignFold(plain));
      for (const [id, line] of saved.lines) lines.set(id, line);
    },
  };
}
