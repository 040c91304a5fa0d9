/** Widths of letters in shares of the font's size, of DejaVu Sans, the widest of the fonts that the pictures name. */
const NARROW = 0.32;
const WIDTHS: readonly (readonly [pattern: RegExp, width: number])[] = [
  [/[ilIj.,:;'|!()[\]{}]/, NARROW],
  [/[ frt/-]/, 0.39],
  [/[mwMW%@+=<>~±≤≥]/, 0.87],
  [/[A-Z]/, 0.69],
  [/[_]/, 0.5],
];
const OTHER = 0.62;
const BOLD = 1.12;

/** About how wide a text is drawn, px: no font is at hand where pictures are made. */
export function textWidth(content: string, size_px: number, isBold = false): number {
  let width = 0;
  for (const letter of content) width += widthOfLetter(letter);
  return width * size_px * (isBold ? BOLD : 1);
}

/** Of the letters met so far: names say the same few again and again. */
const known = new Map<string, number>();

function widthOfLetter(letter: string): number {
  let width = known.get(letter);
  if (width === undefined) {
    width = WIDTHS.find(([pattern]) => pattern.test(letter))?.[1] ?? OTHER;
    known.set(letter, width);
  }
  return width;
}

/** The text, cut with an ellipsis where it would be wider than `width_px`. */
export function fitText(content: string, size_px: number, width_px: number): string {
  if (textWidth(content, size_px) <= width_px) return content;
  let end = content.length;
  while (end > 1 && textWidth(`${content.slice(0, end)}…`, size_px) > width_px) end--;
  return `${content.slice(0, end)}…`;
}
