import { expect, test } from "vitest";
import { LabError, misuse, naming } from "../../src/core/errors.ts";

test("what is said of a file keeps the exit code, facts and hint of what was said inside of it", () => {
  const inner = misuse("TL-7101", "no line holds two numbers", "Give columns.");
  const about = { context: { line: 3 }, retryable: true };
  const faults = [inner, new LabError("TL-7101", "it is being written", about)];
  for (const fault of faults) {
    const read = () =>
      naming("a.xy", () => {
        throw fault;
      });
    const { code, hint, context, retryable, exitCode } = fault;
    const kept = { code, hint, context, retryable, exitCode, cause: fault };
    expect(read).toThrow(expect.objectContaining({ ...kept, message: `a.xy: ${fault.message}` }));
  }
});

test("a bug is no fault of the file", () => {
  const bug = new TypeError("x is undefined");
  expect(() =>
    naming("a.xy", () => {
      throw bug;
    }),
  ).toThrow(bug);
});
