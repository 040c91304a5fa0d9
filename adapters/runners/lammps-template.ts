import { readFileSync } from "node:fs";
import { LabError } from "../../src/core/errors.ts";
import type { Capability } from "../../src/domain/instrument.ts";

/**
 * Reads what a LAMMPS input template says of itself in comments:
 *
 *     # tieline capability quench duration_s 120
 *     # tieline parameter temperature_K unit K min 300 max 3000
 *
 * Each parameter becomes a variable of the input; OUT (the dump to write), SEED and POT (folder of potentials) are given too,
 * and lines `print "TIELINE 0.25"` tell the progress. Throws TL-1002 or TL-7031 with the line.
 */
export function readTemplate(path: string): Capability {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new LabError("TL-1002", `There is no template ${path}`, { cause });
  }
  const parameters: Record<string, { unit: string; min?: number; max?: number }> = {};
  let name: string | undefined;
  let duration_s = 600;
  for (const [k, line] of text.split("\n").entries()) {
    const words = /^#\s*tieline\s+(.*)$/.exec(line)?.[1]?.trim().split(/\s+/);
    if (words === undefined) continue;
    const wrong = (what: string): LabError =>
      new LabError("TL-7031", `${path} line ${k + 1}: ${what}`);
    const [kind, subject, ...rest] = words;
    if (subject === undefined || !/^[A-Za-z0-9._-]{1,64}$/.test(subject))
      throw wrong(`"${kind}" needs a name`);
    const options = pairs(rest);
    if (kind === "capability") {
      name = subject;
      duration_s = Number(options.get("duration_s") ?? duration_s);
      if (!(duration_s > 0)) throw wrong("duration_s is not a positive number");
    } else if (kind === "parameter") {
      const min = Number(options.get("min") ?? Number.NaN);
      const max = Number(options.get("max") ?? Number.NaN);
      const unit = options.get("unit");
      if (unit === undefined || !(min <= max))
        throw wrong(`the parameter ${subject} needs: unit U min A max B`);
      parameters[subject] = { unit, min, max };
    } else throw wrong(`"${kind}" is neither capability nor parameter`);
  }
  if (name === undefined)
    throw new LabError("TL-7031", `${path} has no line "# tieline capability NAME"`);
  if (!/\$\{?OUT\b/.test(text))
    throw new LabError("TL-7031", `${path} writes no dump to the variable OUT`);
  return {
    name,
    parameters,
    results: ["trajectory"],
    repeatable: true,
    expectedDuration_s: duration_s,
  };
}

function pairs(words: readonly string[]): Map<string, string> {
  const out = new Map<string, string>();
  for (let k = 0; k + 1 < words.length; k += 2) out.set(words[k] ?? "", words[k + 1] ?? "");
  return out;
}
