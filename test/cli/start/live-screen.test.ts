import { expect, test } from "vitest";
import { createProgress, drawBar } from "../../../src/cli/output/progress.ts";
import { createLiveScreen, cutLine, terminalKind } from "../../../src/cli/start/live-screen.ts";

function io(interactive = true) {
  let err = "";
  return {
    out: () => {},
    err: (text: string) => {
      err += text;
    },
    interactive,
    written: () => err,
  };
}

test("lines are drawn in place: the cursor goes back to the first of them", () => {
  const terminal = io();
  const screen = createLiveScreen(terminal);
  screen.draw(["one", "two", "three"]);
  screen.clear();
  expect(terminal.written()).toBe("\r\x1b[Jone\ntwo\nthree\r\x1b[2A\r\x1b[J");
});

test("colours as the terminal says, none where NO_COLOR is set", () => {
  const kind = (environment: Record<string, string>) => terminalKind(environment, {}).colours;
  expect(kind({ COLORTERM: "truecolor" })).toBe("true");
  expect(kind({ TERM: "xterm-256color" })).toBe("256");
  expect(kind({ TERM: "dumb" })).toBe("none");
  expect(kind({ COLORTERM: "truecolor", NO_COLOR: "1" })).toBe("none");
  expect(terminalKind({}, {})).toMatchObject({ columns: 80, rows: 24 });
});

test("a line never wraps", () => {
  expect(cutLine("abcdef", 5)).toHaveLength(4);
  expect(cutLine("abc", 5)).toBe("abc");
});

test("progress shows a bar with the remaining time in a terminal and nothing elsewhere", () => {
  const [terminal, pipe] = [io(), io(false)];
  for (const where of [terminal, pipe]) {
    const progress = createProgress(where, "evaluate");
    progress.update(5, 10);
    progress.update(10, 10);
    progress.finish();
  }
  expect(terminal.written()).toMatch(/evaluate █{12}░{12} 5\/10 \d+ s left/);
  expect(pipe.written()).toBe("");
  expect(drawBar(2, 4)).toBe("████");
});
