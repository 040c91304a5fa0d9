import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { LabError } from "../../src/core/errors.ts";
import { describeIssue, formatProblem, lineOfPath, showPath } from "../yaml-problems.ts";

/**
 * A definition of a device model, checked. `file` is a path, or the name of a definition that ships with the package
 * (`eurotherm-2400`). TL-1002 where it cannot be read, TL-1012 with every problem and its line.
 */
export function loadDeviceFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): z.output<Schema> {
  const path = findDeviceFile(file);
  const counter = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: counter, prettyErrors: false });
  const broken = document.errors.map(({ pos, message }) => ({
    line: counter.linePos(pos[0]).line,
    path: "",
    text: `this is not valid YAML: ${message.split("\n")[0]}`,
  }));
  const parsed =
    broken.length > 0 ? undefined : schema.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (parsed?.success === true) return parsed.data;
  const issues = (parsed?.error?.issues ?? []).flatMap(describeIssue).map((one) => ({
    line: lineOfPath(document.contents, one.path, counter),
    path: showPath(one.path),
    text: one.what,
  }));
  const problems = [...broken, ...issues].sort((a, b) => a.line - b.line);
  const lines = problems.map((one) => formatProblem({ ...one, file: basename(path) }));
  throw new LabError("TL-1012", `${path} has ${problems.length} problem(s): ${lines.join("; ")}`, {
    context: { problems },
    exitCode: 2,
  });
}

/** Where a definition lies: as given, or among those that ship with the package. */
function findDeviceFile(file: string): string {
  if (existsSync(file)) return resolve(file);
  if (!/^[a-z0-9-]+$/.test(file)) return resolve(file);
  // Beside this folder from a checkout; from a file of the package, in the folder of examples above it.
  const places = ["../gateways", "../../config/gateways", "../../../config/gateways"];
  const files = places.map((place) => resolve(import.meta.dirname, place, `${file}.yaml`));
  return files.find((one) => existsSync(one)) ?? resolve(file);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new LabError("TL-1002", `The definition ${path} of a device cannot be read`, {
      cause,
      exitCode: 2,
    });
  }
}
