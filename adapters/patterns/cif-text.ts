/** One data block: single items and loops, names in lower case. */
export interface CifBlock {
  readonly name: string;
  readonly items: ReadonlyMap<string, string>;
  /** Column name -> values. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
}

const TOKEN = /^(?:'(.*?)'(?=\s|$)|"(.*?)"(?=\s|$)|(\S+))/;

interface Token {
  readonly text: string;
  /** A quoted value is never a keyword. */
  readonly quoted: boolean;
}

/** The data blocks of a CIF 1.1 text, in their order. Comments and save frames of dictionaries are left out. */
export function parseCif(text: string): CifBlock[] {
  const tokens = tokenise(text);
  const blocks: CifBlock[] = [];
  let items = new Map<string, string>();
  let columns = new Map<string, readonly string[]>();
  let k = 0;
  while (k < tokens.length) {
    const { text: word, quoted } = tokens[k++]!;
    const lower = word.toLowerCase();
    if (quoted) continue;
    if (lower.startsWith("data_")) {
      items = new Map();
      columns = new Map();
      blocks.push({ name: word.slice(5), items, columns });
    } else if (lower === "loop_") k = readLoop(tokens, k, columns);
    else if (word.startsWith("_") && k < tokens.length) items.set(lower, tokens[k++]!.text);
  }
  return blocks;
}

function readLoop(
  tokens: readonly Token[],
  start: number,
  columns: Map<string, readonly string[]>,
): number {
  let k = start;
  const names: string[] = [];
  while (k < tokens.length && !tokens[k]!.quoted && tokens[k]!.text.startsWith("_")) {
    names.push(tokens[k++]!.text.toLowerCase());
  }
  const values: string[] = [];
  while (k < tokens.length && !endsLoop(tokens[k]!)) values.push(tokens[k++]!.text);
  const n = names.length;
  names.forEach((name, column) => {
    columns.set(
      name,
      values.filter((_, i) => i % n === column),
    );
  });
  return k;
}

function endsLoop({ text, quoted }: Token): boolean {
  return !quoted && /^(_|loop_$|data_|save_|global_$|stop_$)/i.test(text);
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  for (let k = 0; k < lines.length; k++) {
    let line = lines[k]!;
    if (line.startsWith(";")) {
      const parts = [line.slice(1)];
      while (++k < lines.length && !lines[k]!.startsWith(";")) parts.push(lines[k]!);
      tokens.push({ text: parts.join("\n"), quoted: true });
      line = (lines[k] ?? "").slice(1);
    }
    for (;;) {
      line = line.trimStart();
      if (line === "" || line.startsWith("#")) break;
      const found = TOKEN.exec(line)!;
      const quoted = found[1] ?? found[2];
      tokens.push({ text: quoted ?? found[3]!, quoted: quoted !== undefined });
      line = line.slice(found[0].length);
    }
  }
  return tokens;
}
