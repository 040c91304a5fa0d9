type Problem = [path: (string | number)[], message: string];

/** Words of a state, in the order in which they are looked for. */
const WORDS = ["ready", "busy", "held", "done", "fault"] as const;

interface Masked {
  readonly mask?: number | undefined;
}
type Values = readonly number[];

/** What a map says of the bits of its registers. */
interface BitsOfMap {
  readonly measured: { readonly flag?: (Masked & { readonly good: Values }) | undefined };
  readonly identity: Masked & { readonly equals: Values };
  readonly verify: readonly (Masked & { readonly equals: Values })[];
  readonly control?: (Masked & { readonly automatic: Values }) | undefined;
  readonly state?: (Masked & Readonly<Record<(typeof WORDS)[number], Values>>) | undefined;
}

/** Values of registers that can never be seen, and values that would mean two things. */
export function bitsProblems(map: BitsOfMap): Problem[] {
  const { identity, verify, measured, control, state } = map;
  return [
    ...unseen(["identity", "equals"], identity.mask, identity.equals),
    ...verify.flatMap(({ mask, equals }, k) => unseen(["verify", k, "equals"], mask, equals)),
    ...unseen(["measured", "flag", "good"], measured.flag?.mask, measured.flag?.good ?? []),
    ...unseen(["control", "automatic"], control?.mask, control?.automatic ?? []),
    ...WORDS.flatMap((word) => unseen(["state", word], state?.mask, state?.[word] ?? [])),
    ...meanTwo(WORDS.map((word) => [word, state?.[word] ?? []])),
  ];
}

/** Each value under two words of a state: nobody could say which it is. */
export function meanTwo<Value extends number | string>(
  words: readonly (readonly [word: string, values: readonly Value[]])[],
): Problem[] {
  const known = new Map<Value, string>();
  return words.flatMap(([word, values]) =>
    values.flatMap((value, k): Problem[] => {
      const before = known.get(value);
      known.set(value, word);
      if (before === undefined || before === word) return [];
      return [[["state", word, k], `${value} means ${before} already: a value has one meaning`]];
    }),
  );
}

function unseen(
  path: readonly (string | number)[],
  mask: number | undefined,
  values: readonly number[],
): Problem[] {
  if (mask === undefined) return [];
  return values.flatMap((value, k): Problem[] => {
    if ((value & mask) === value) return [];
    const words = `${hex(value)} has bits outside of mask ${hex(mask)}, so that it is never seen`;
    return [[[...path, k], words]];
  });
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
