import type { Identification } from "../../models/diffraction/identify-phases.ts";
import type { OtherAnode } from "./other-anode.ts";

const CONFIDENT = 0.5;
const RUNNERS_UP = 3;
const RUNNER_UP_MIN = 0.02;

/** What a person reads of one pattern: the set with shares, runners-up, what is unexplained, and a wavelength that fits better. */
export function identificationLines(
  file: string,
  found: Identification,
  other?: OtherAnode | undefined,
): string {
  const [best, ...others] = found.sets;
  const lines = [file];
  if (best === undefined || best.phases.length === 0) lines.push("  no match");
  else {
    const text = best.phases.map((name, k) => {
      const { fraction, error } = best.weights[k]!;
      return `${name} ${percent(fraction)} ± ${percent(error)}`;
    });
    const word = best.probability < CONFIDENT ? "no confident match; most likely " : "";
    lines.push(
      `  ${word}${text.join(", ")} (by weight), probability ${best.probability.toFixed(2)}`,
    );
  }
  for (const { phases, probability } of others.slice(0, RUNNERS_UP)) {
    if (probability < RUNNER_UP_MIN) break;
    const names = phases.length === 0 ? "no phase" : phases.join(" + ");
    lines.push(`  or ${names}, probability ${probability.toFixed(2)}`);
  }
  const share = percent(found.unexplained);
  if (found.unfamiliar) {
    const places = found.strangers.slice(0, 5).map(({ d_A }) => d_A.toFixed(3));
    lines.push(
      `  unfamiliar: ${share} of the lines are in no reference, d = ${places.join(", ")} Å`,
    );
  } else lines.push(`  unexplained ${share}`);
  if (other !== undefined) {
    const left = percent(other.unexplained);
    const told = `Read as that of ${other.anode} all but ${left} is explained`;
    lines.push(
      `  The file names no wavelength, so it was read as copper's. ${told}: try --wavelength ${other.anode}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}
