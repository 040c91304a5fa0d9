import { type Heard, QuestionLine, type QuestionLineOptions } from "../question-line.ts";

/** A line of text to a device; only a question is answered, with one line. */
export interface Words {
  readonly text: string;
  readonly isQuestion: boolean;
}

type Common = Omit<QuestionLineOptions<Words, string>, "say" | "name" | "again">;

export interface TextLineOptions extends Common {
  /** What ends a line that is sent; answers end with a line feed. */
  readonly ending: string;
}

export type TextLine = QuestionLine<Words, string>;

/** An answer is short; a device that goes on for longer has lost its place. */
const ANSWER_BYTES_MAX = 4096;
const LINE_FEED = 0x0a;

/** Questions and answers in lines of text, one in flight. */
export function createTextLine({ ending, ...common }: TextLineOptions): TextLine {
  return new QuestionLine<Words, string>({
    ...common,
    say: ({ text, isQuestion }) => ({
      bytes: `${text}${ending}`,
      ...(isQuestion ? { find: findLine } : {}),
    }),
    name: ({ text }) => text,
  });
}

/** The first line, without its ending and the blanks around it. */
function findLine(heard: Uint8Array): Heard<string> {
  const end = heard.indexOf(LINE_FEED);
  if (end >= 0) {
    const answer = Buffer.from(heard.subarray(0, end)).toString("latin1").trim();
    return { kind: "answer", answer, length: end + 1 };
  }
  return heard.length < ANSWER_BYTES_MAX
    ? { kind: "more" }
    : { kind: "disorder", why: "an answer without an end" };
}
