/** Distinct texts, numbered as they come; a stretch of a longer text is looked up without being cut out of it. */
export interface WordIndex {
  readonly words: readonly string[];
  /** Number of the text between two positions, without blanks around it. */
  codeOf(text: string, start: number, end: number): number;
}

const SLOTS_first = 64;

/** Open addressing by a hash of the character codes; the slots are doubled when half of them are taken. */
export function createWordIndex(): WordIndex {
  const words: string[] = [];
  let hashes = new Int32Array(SLOTS_first);
  let slots = new Int32Array(SLOTS_first).fill(-1);
  const enter = (hash: number, at: number): void => {
    let slot = hash & (slots.length - 1);
    while (slots[slot]! >= 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = at;
    hashes[slot] = hash;
  };
  const grow = (): void => {
    const [oldSlots, oldHashes] = [slots, hashes];
    slots = new Int32Array(2 * oldSlots.length).fill(-1);
    hashes = new Int32Array(slots.length);
    oldSlots.forEach((at, slot) => {
      if (at >= 0) enter(oldHashes[slot]!, at);
    });
  };
  const codeOf = (text: string, start: number, end: number): number => {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    hash ^= hash >>> 15;
    let slot = hash & (slots.length - 1);
    for (let at = slots[slot]!; at >= 0; at = slots[slot]!) {
      if (hashes[slot] === hash && isAt(words[at]!, text, start, end)) return at;
      slot = (slot + 1) & (slots.length - 1);
    }
    const word = text.slice(start, end);
    const trimmed = word.trim();
    // Blanks are rare: a text with some around it is looked up once more without them, and never entered.
    if (trimmed !== word) return codeOf(trimmed, 0, trimmed.length);
    words.push(word);
    if (2 * words.length > slots.length) grow();
    enter(hash, words.length - 1);
    return words.length - 1;
  };
  return { words, codeOf };
}

function isAt(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++)
    if (word.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  return true;
}
