/** What a column of a process's factor depends on, beside the columns before it. */
interface ColumnKey {
  readonly points: Float64Array;
  /** Whether faces of the composition simplex are diagrams of their own; which face a place lies in follows from it. */
  readonly hasFaces: boolean;
  readonly node: number;
  readonly confidence: number;
}

interface KeptColumn extends ColumnKey {
  readonly column: Float64Array;
  readonly pivot: number;
}

/** Columns of the last process on some places, by their order: one that begins with the same results takes them over. */
export interface ColumnShelf {
  /** The column that follows these, where it was made of the same after the same. */
  take(before: readonly Float64Array[], key: ColumnKey): KeptColumn | undefined;
  /** Keeps a column that follows these; what was made after another one there is of no use any more. */
  put(before: readonly Float64Array[], column: KeptColumn): void;
}

export function createColumnShelf(): ColumnShelf {
  const kept: KeptColumn[] = [];
  const follows = (before: readonly Float64Array[]): boolean =>
    before.length === 0 || kept[before.length - 1]?.column === before.at(-1);
  return {
    take: (before, key) => {
      const known = kept[before.length];
      const isKnown = known !== undefined && follows(before) && isSame(known, key);
      return isKnown ? known : undefined;
    },
    put: (before, column) => {
      if (kept[before.length]?.column === column.column || !follows(before)) return;
      kept.length = before.length;
      kept.push(column);
    },
  };
}

function isSame(a: ColumnKey, b: ColumnKey): boolean {
  return (
    a.points === b.points &&
    a.hasFaces === b.hasFaces &&
    a.node === b.node &&
    a.confidence === b.confidence
  );
}
