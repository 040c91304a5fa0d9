import type { Parameters } from "../candidate.ts";
import { type Expression, readCondition } from "./condition-syntax.ts";

/** A limit on several set points at once: what must always hold, or what must never be. */
export interface Condition {
  readonly always?: string | undefined;
  readonly never?: string | undefined;
  /** Told to whoever meets it. */
  readonly why?: string | undefined;
}

/** True, false, or not to be told because a name has no value (or no number where one belongs). */
type Truth = boolean | undefined;

/** The names that a condition speaks of; empty where its text is not understood. */
export function namesOfCondition(condition: Condition): readonly string[] {
  const read = cachedRead(textOf(condition));
  return read.kind === "condition" ? read.names : [];
}

/** What is wrong with a condition's text; `undefined` where it is understood. */
export function problemOfCondition(condition: Condition): string | undefined {
  const read = cachedRead(textOf(condition));
  return read.kind === "problem" ? read.text : undefined;
}

/**
 * Why these values break the condition; `undefined` where they keep it. What cannot be told (a name without a value, a
 * division by zero, a text in a sum) counts as broken: a limit that cannot be checked is no licence.
 */
export function violationOfCondition(condition: Condition, values: Parameters): string | undefined {
  const read = cachedRead(textOf(condition));
  if (read.kind === "problem") return `"${textOf(condition)}" is not understood: ${read.text}`;
  const truth = truthOf(read.expression, values);
  const isKept = condition.never === undefined ? truth === true : truth === false;
  if (isKept) return undefined;
  const rule =
    condition.never === undefined ? `always: ${condition.always}` : `never: ${condition.never}`;
  const shown = read.names
    .map((name) => `${name} = ${Object.hasOwn(values, name) ? values[name] : "not given"}`)
    .join(", ");
  const doubt = truth === undefined ? "cannot be told; " : "";
  const why = condition.why === undefined ? "" : ` (${condition.why})`;
  return `"${rule}"${why}: ${doubt}${shown}`;
}

function textOf({ always, never }: Condition): string {
  return never ?? always ?? "";
}

const CACHE_MAX = 1000;
const cache = new Map<string, ReturnType<typeof readCondition>>();

function cachedRead(text: string): ReturnType<typeof readCondition> {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const read = readCondition(text);
  if (cache.size < CACHE_MAX) cache.set(text, read);
  return read;
}

/** Three-valued logic (Kleene, Introduction to Metamathematics, 1952, section 64). */
function truthOf(expression: Expression, values: Parameters): Truth {
  if (expression.kind === "not") {
    const inner = truthOf(expression.of, values);
    return inner === undefined ? undefined : !inner;
  }
  if (expression.kind !== "binary") return undefined;
  const { operator, left, right } = expression;
  if (operator === "and" || operator === "or") {
    const deciding = operator === "or";
    const a = truthOf(left, values);
    const b = truthOf(right, values);
    if (a === deciding || b === deciding) return deciding;
    return a === undefined || b === undefined ? undefined : !deciding;
  }
  return compare(operator, numberOrText(left, values), numberOrText(right, values));
}

type Value = number | string | undefined;

function compare(operator: string, left: Value, right: Value): Truth {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== typeof right) return undefined;
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left === "string" || typeof right === "string") return undefined;
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

function numberOrText(expression: Expression, values: Parameters): Value {
  switch (expression.kind) {
    case "number":
    case "text":
      return expression.value;
    case "name":
      return Object.hasOwn(values, expression.name) ? finite(values[expression.name]) : undefined;
    case "minus":
      return arithmetic("-", 0, numberOrText(expression.of, values));
    case "call":
      return call(
        expression.name,
        expression.of.map((one) => numberOrText(one, values)),
      );
    case "binary":
      return arithmetic(
        expression.operator,
        numberOrText(expression.left, values),
        numberOrText(expression.right, values),
      );
    case "not":
      return undefined;
  }
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  if (operator === "+") return finite(left + right);
  if (operator === "-") return finite(left - right);
  if (operator === "*") return finite(left * right);
  return operator === "/" ? finite(left / right) : undefined;
}

function call(name: "min" | "max" | "abs", values: readonly Value[]): Value {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) return undefined;
  if (name === "abs") return numbers.length === 1 ? Math.abs(numbers[0] ?? 0) : undefined;
  return name === "min" ? Math.min(...numbers) : Math.max(...numbers);
}

function finite(value: Value): Value {
  return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
}
