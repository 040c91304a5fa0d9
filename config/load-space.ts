import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { LabError } from "../src/core/errors.ts";
import type { InputConstraint } from "../src/domain/goal-settings.ts";
import type { BoxSpace } from "../src/domain/search-space.ts";
import { spaceFileSchema } from "./box-schema.ts";
import { configurationError } from "./load-configuration.ts";
import { describeIssue } from "./yaml-problems.ts";

/** A space that stands in a file of its own, with its limits. */
export interface SpaceFile {
  readonly space: BoxSpace;
  readonly constraints: readonly InputConstraint[];
}

/** Reads and checks a file of `suggest --space`. Throws TL-1002, TL-1011, TL-1010 with every problem and its line. */
export function loadSpace(file: string): SpaceFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("TL-1002", `the file ${file} cannot be read (${reason})`, { cause });
  }
  const parsed = spaceFileSchema.safeParse(documentOf(text, file) ?? {}, { reportInput: true });
  if (!parsed.success) {
    const found = parsed.error.issues
      .flatMap(describeIssue)
      .map(({ path, what }) => ({ path, text: what }));
    throw configurationError({ file }, found);
  }
  const { axes, fractions, constraints = [] } = parsed.data;
  return { space: { kind: "box", axes, fractions }, constraints };
}

function documentOf(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new LabError("TL-1011", `${file}: this is not valid YAML: ${reason}`, { cause });
  }
}
