import { ERROR_CODES, type ErrorCode } from "./error-codes/index.ts";

export type { ErrorCode } from "./error-codes/index.ts";

/** What a {@link LabError} carries besides its code and message. */
export interface LabErrorOptions {
  /** What the reader should do; replaces the general hint of the code's table. */
  readonly hint?: string;
  /** Facts for the log: ids, file, line, limits. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The error underneath; never dropped. */
  readonly cause?: unknown;
  /** True where trying the same again may succeed. */
  readonly retryable?: boolean;
  /** Exit code of a command that ends with this error: 1 the work failed, 2 a misuse. Default 1. */
  readonly exitCode?: 1 | 2;
}

/**
 * An expected failure: bad input, a refused set point, a full disk. `code` is stable and is what programs branch on;
 * `message` says what happened in one sentence in the user's terms; `hint` says what to do.
 */
export class LabError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  readonly exitCode: 1 | 2;

  constructor(code: ErrorCode, message: string, options: LabErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LabError";
    this.code = code;
    this.hint = options.hint ?? ERROR_CODES[code].hint;
    this.context = options.context ?? {};
    this.retryable = options.retryable ?? false;
    this.exitCode = options.exitCode ?? 1;
  }

  /** The one line that a person reads: `TL-1234: what happened. What to do.` */
  toLine(): string {
    const what = /[.!?]$/.test(this.message) ? this.message : `${this.message}.`;
    return `${this.code}: ${what} ${this.hint}`.replace(/\s*\n\s*/g, " ").trim();
  }
}

/** What `read` fails with, and where: `where` (a file, a block of it) stands before the words, everything else stays. */
export function naming<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { code, message, hint, context, retryable, exitCode } = error;
    const kept = { hint, context, retryable, exitCode };
    throw new LabError(code, `${where}: ${message}`, { cause: error, ...kept });
  }
}

/** A misuse of the command line: exit code 2. */
export function misuse(code: ErrorCode, message: string, hint?: string): LabError {
  return new LabError(code, message, { exitCode: 2, ...(hint === undefined ? {} : { hint }) });
}
