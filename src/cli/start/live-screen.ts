import type { CommandIo } from "../command.ts";

/** Lines at the end of a terminal that are drawn again in place. */
export interface LiveScreen {
  draw(lines: readonly string[]): void;
  /** Takes the lines away. */
  clear(): void;
}

/**
 * After each drawing the cursor goes back to the first of the lines: what anyone else writes meanwhile starts there and stays, and the
 * next drawing comes below it.
 */
export function createLiveScreen(io: CommandIo): LiveScreen {
  return {
    draw: (lines) => {
      const back = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
      io.err(`\r\x1b[J${lines.join("\n")}\r${back}`);
    },
    clear: () => io.err("\r\x1b[J"),
  };
}

/** Size and colours of the terminal that standard error is. */
export interface TerminalKind {
  readonly columns: number;
  readonly rows: number;
  readonly colours: "true" | "256" | "none";
}

/** `NO_COLOR` (no-color.org) and terminals that are not known to have 256 colours get none. */
export function terminalKind(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  stream: { readonly columns?: number; readonly rows?: number } = process.stderr,
): TerminalKind {
  const { NO_COLOR, COLORTERM = "", TERM = "" } = environment;
  const isPlain = NO_COLOR !== undefined && NO_COLOR !== "";
  const isTrue = /truecolor|24bit/i.test(COLORTERM);
  const colours = isPlain
    ? "none"
    : isTrue
      ? "true"
      : /256|kitty|direct/.test(TERM)
        ? "256"
        : "none";
  return { columns: stream.columns ?? 80, rows: stream.rows ?? 24, colours };
}

/** The line's visible part, cut to the terminal's width: a wrapped line would be one line more than was counted. */
export function cutLine(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}
