import type { Theme } from "./pictures/theme.ts";

/** One picture of a campaign: what a page or a report shows, and what it offers as files. */
export interface GoalPicture {
  /** Unique within the campaign; the name of its files. */
  readonly name: string;
  readonly title: string;
  /** Needs a whole row of its own. */
  readonly isWide: boolean;
  /** The picture as SVG. */
  draw(theme: Theme): string;
  /** Its data. */
  csv(): string;
}

/** Widths in which pictures are drawn, px: letters stay readable where a column shows them unscaled. */
export const PICTURE_WIDTH = { wide: 700, half: 400 } as const;

/** A column's name out of a title: `Slice of strength along T` -> `slice-of-strength-along-T`. */
export function fileName(title: string): string {
  return title.replaceAll(/[^\p{L}\p{N}_]+/gu, "-").replaceAll(/^-|-$/g, "");
}
