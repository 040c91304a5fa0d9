/**
 * The small language of conditions between set points: arithmetic (`+ - * /`, brackets, `min`, `max`, `abs`), comparisons
 * (`< <= > >= == !=`), `and`, `or`, `not`, numbers, texts in double quotes, and names; a name with other characters
 * than letters, digits, `_` and `.` stands in backticks. Nothing else: no calls, no assignment, no code.
 */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "call"; readonly name: "min" | "max" | "abs"; readonly of: Expression[] }
  | { readonly kind: "not" | "minus"; readonly of: Expression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

export type ReadCondition =
  | {
      readonly kind: "condition";
      readonly expression: Expression;
      readonly names: readonly string[];
    }
  /** One sentence: what was found where, and what was expected. */
  | { readonly kind: "problem"; readonly text: string };

/** Longer text and deeper brackets are no condition that a person wrote. */
const CHARACTERS_MAX = 500;
const DEPTH_MAX = 50;

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|"([^"]*)"|`([^`]+)`|([A-Za-z_][A-Za-z0-9_.]*)|(<=|>=|==|!=|[-+*/()<>,]))/y;

interface Token {
  readonly kind: "number" | "text" | "name" | "word" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

/** Reads a condition; the names that it speaks of come in the order of their first use. */
export function readCondition(text: string): ReadCondition {
  if (text.length > CHARACTERS_MAX)
    return { kind: "problem", text: `it has ${text.length} characters, ${CHARACTERS_MAX} at most` };
  try {
    const tokens = tokensOf(text);
    const reader = new Reader(tokens);
    const expression = reader.either();
    reader.expectEnd();
    if (!isTruth(expression)) throw new Slip("it compares nothing; write e.g. a + b <= 1");
    return { kind: "condition", expression, names: [...new Set(reader.names)] };
  } catch (error) {
    if (error instanceof Slip) return { kind: "problem", text: error.message };
    throw error;
  }
}

/** What is wrong with the text of a condition; never leaves this file. */
class Slip extends Error {}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new Slip(
        `"${text.slice(at).trim().slice(0, 10)}" at character ${at + 1} is not understood`,
      );
    const [, number, quoted, ticked, word, sign] = match;
    at = TOKEN.lastIndex;
    if (number !== undefined) tokens.push({ kind: "number", text: number, at });
    else if (quoted !== undefined) tokens.push({ kind: "text", text: quoted, at });
    else if (ticked !== undefined) tokens.push({ kind: "name", text: ticked, at });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else tokens.push({ kind: "sign", text: sign ?? "", at });
  }
  return [...tokens, { kind: "end", text: "the end", at }];
}

const FUNCTIONS: readonly string[] = ["min", "max", "abs"];
const COMPARISONS: readonly string[] = ["<", "<=", ">", ">=", "==", "!="];
const RESERVED: readonly string[] = ["and", "or", "not"];

/** Recursive descent, loosest first: or, and, not, comparison, sum, product, sign, atom. */
class Reader {
  readonly names: string[] = [];
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  either(): Expression {
    return this.chain(["or"], () => this.both());
  }

  expectEnd(): void {
    const { kind, text } = this.next;
    if (kind !== "end") throw new Slip(`"${text}" was not expected there`);
  }

  private both(): Expression {
    return this.chain(["and"], () => this.negation());
  }

  private negation(): Expression {
    if (this.take("not")) return { kind: "not", of: this.deeper(() => this.negation()) };
    return this.comparison();
  }

  private comparison(): Expression {
    const left = this.sum();
    const operator = COMPARISONS.find((one) => this.take(one));
    if (operator === undefined) return left;
    const right = this.sum();
    if (COMPARISONS.some((one) => this.next.text === one && this.next.kind === "sign"))
      throw new Slip("one comparison at a time; join two by and");
    return { kind: "binary", operator, left, right };
  }

  private sum(): Expression {
    return this.chain(["+", "-"], () => this.product());
  }

  private product(): Expression {
    return this.chain(["*", "/"], () => this.signed());
  }

  private signed(): Expression {
    if (this.take("-")) return { kind: "minus", of: this.deeper(() => this.signed()) };
    return this.atom();
  }

  private atom(): Expression {
    const { kind, text } = this.next;
    this.position += 1;
    if (kind === "number") return { kind, value: Number(text) };
    if (kind === "text") return { kind, value: text };
    if (kind === "sign" && text === "(") return this.bracketed();
    if (kind === "word" && FUNCTIONS.includes(text) && this.take("(")) return this.call(text);
    if (kind === "name" || (kind === "word" && !RESERVED.includes(text))) {
      this.names.push(text);
      return { kind: "name", name: text };
    }
    throw new Slip(
      `${kind === "end" ? "it ends" : `"${text}" stands`} where a number or a name belongs`,
    );
  }

  private bracketed(): Expression {
    const inner = this.deeper(() => this.either());
    if (!this.take(")")) throw new Slip("a bracket is not closed");
    return inner;
  }

  private call(name: string): Expression {
    const of = [this.deeper(() => this.sum())];
    while (this.take(",")) of.push(this.deeper(() => this.sum()));
    if (!this.take(")")) throw new Slip(`the bracket of ${name} is not closed`);
    return { kind: "call", name: name as "min" | "max" | "abs", of };
  }

  private chain(operators: readonly string[], part: () => Expression): Expression {
    let left = part();
    for (;;) {
      const operator = operators.find((one) => this.take(one));
      if (operator === undefined) return left;
      left = { kind: "binary", operator, left, right: part() };
    }
  }

  private deeper(read: () => Expression): Expression {
    if (++this.depth > DEPTH_MAX) throw new Slip("its brackets are too deep");
    const read_ = read();
    this.depth -= 1;
    return read_;
  }

  private take(text: string): boolean {
    const { kind, text: found } = this.next;
    if (found !== text || (kind !== "sign" && kind !== "word")) return false;
    this.position += 1;
    return true;
  }

  private get next(): Token {
    return this.tokens[this.position] ?? { kind: "end", text: "the end", at: 0 };
  }
}

/** True for what is true or false; a bare number is neither. */
function isTruth(expression: Expression): boolean {
  if (expression.kind === "not") return isTruth(expression.of);
  if (expression.kind !== "binary") return false;
  const { operator, left, right } = expression;
  return (
    COMPARISONS.includes(operator) ||
    (RESERVED.includes(operator) && isTruth(left) && isTruth(right))
  );
}
