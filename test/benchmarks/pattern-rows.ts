import { createPrng } from "../../src/core/prng.ts";
import {
  type Identification,
  identifyPhases,
  type PhaseSet,
} from "../../src/models/diffraction/identify-phases.ts";
import { createLibraries } from "../../src/models/diffraction/libraries.ts";
import type { DiffractionPattern } from "../../src/models/diffraction/pattern.ts";
import { estimatePhases } from "../../src/models/diffraction/phase-estimates.ts";
import type { PhaseLibrary } from "../../src/models/diffraction/phase-library.ts";
import {
  type PreparedPattern,
  preparePattern,
} from "../../src/models/diffraction/prepared-pattern.ts";
import type { ReferenceSource } from "../../src/models/diffraction/reference-card.ts";
import type { PhaseEvidence } from "../../src/models/phase-diagram/map-model.ts";
import { orderRows } from "../../src/models/phase-diagram/order-grid.ts";
import { expectPhases } from "../../src/models/phase-diagram/shares/expected-phases.ts";
import { likelySets } from "../../src/models/phase-diagram/shares/likely-sets.ts";
import { mixturePattern, type Section, sectionPoints } from "../support/pattern-spread.ts";
import { canonical, elementsOf, type KnownPattern, measuredName } from "./pattern-data.ts";
import { count, newTally, type Tally } from "./pattern-tally.ts";

/** Shares under this may be named or not. */
const OPTIONAL_SHARE = 0.0999;
type Libraries = (pattern: PreparedPattern) => PhaseLibrary;

/** Real patterns against every card. */
export function knownRow(
  patterns: readonly KnownPattern[],
  sources: readonly ReferenceSource[],
): Tally {
  const tally = newTally();
  const libraries = createLibraries(sources);
  for (const { pattern, truth } of patterns) {
    const found = timed(tally, pattern, libraries);
    const phases = found.sets[0]!.phases;
    count(tally, { phases, presence: found.presence }, { must: truth }, measuredName);
  }
  return tally;
}

/** Each true card taken out in turn; elements of the sample, O, H and C given. */
export function removedRow(
  patterns: readonly KnownPattern[],
  sources: readonly ReferenceSource[],
): { readonly tally: Tally; readonly recruited: number; readonly falseFlags: number } {
  const tally = newTally();
  let recruited = 0;
  let falseFlags = 0;
  for (const { pattern, truth } of patterns) {
    const elements = [...elementsOf(sources, truth), "O", "H", "C"];
    const whole = timed(newTally(), pattern, createLibraries(sources, elements));
    if (whole.unfamiliar) falseFlags++;
    for (const [name, p] of whole.presence) {
      tally.presences.push([p, truth.includes(canonical(name))]);
    }
    for (const out of truth) {
      const rest = sources.filter(({ name }) => canonical(name) !== out);
      const found = timed(tally, pattern, createLibraries(rest, elements));
      const { phases } = found.sets[0]!;
      const must = truth.filter((name) => name !== out);
      count(tally, { phases, presence: found.presence }, { must }, canonical);
      if (phases.some((name) => !must.includes(canonical(name)))) recruited++;
    }
  }
  return { tally, recruited, falseFlags };
}

/** A section with solid solutions, a pattern at each of its points: each alone, and all read together. */
export function spreadRow(
  section: Section & { readonly elements: readonly string[] },
  sources: readonly ReferenceSource[],
  noise: number,
): { readonly alone: Tally; readonly together: Tally } {
  const tally = newTally();
  const evidence: PhaseEvidence[] = [];
  const truths: { readonly must: string[]; readonly optional: string[] }[] = [];
  const byName = new Map(sources.map((source) => [source.name, source]));
  const libraries = createLibraries(sources, section.elements);
  const prng = createPrng(`spread ${noise}`);
  for (const mixture of sectionPoints(section)) {
    const pattern = mixturePattern(byName, mixture, {
      noise,
      displacement_deg: 0.04 * (2 * prng.next() - 1),
      width_deg: 0.2 + 0.15 * prng.next(),
      lorentz: 0.3 + 0.4 * prng.next(),
      texture: 0,
      humpHeight: 0,
      random: () => prng.next(),
    });
    const found = timed(tally, pattern, libraries);
    const must = mixture.filter(({ share }) => share >= OPTIONAL_SHARE);
    const optional = mixture.filter(({ share }) => share < OPTIONAL_SHARE);
    const { phases } = found.sets[0]!;
    const names = (shares: typeof mixture) => shares.map(({ name }) => canonical(name));
    const truth = { must: names(must), optional: names(optional) };
    count(tally, { phases, presence: found.presence }, truth, canonical);
    truths.push(truth);
    evidence.push(evidenceOf(found, libraries(found.pattern), evidence.length));
  }
  return { alone: tally, together: togetherTally(evidence, truths) };
}

/** What the planner is told of a pattern, as the daemon's thread of identification tells it. */
function evidenceOf(found: Identification, library: PhaseLibrary, k: number): PhaseEvidence {
  const named = ({ phases, probability }: PhaseSet) => {
    return { phases: phases.map(canonical).sort(), probability };
  };
  const [first, ...others] = found.sets.map(named);
  const estimates = estimatePhases(found, library);
  return {
    ...{ id: k + 1, candidate: k, known: false },
    ...{ phases: first!.phases, confidence: first!.probability, alternatives: others.slice(0, 8) },
    ...(estimates.length === 0
      ? {}
      : { estimates: Object.fromEntries(estimates.map((one) => [canonical(one.name), one])) }),
  };
}

/** The sets of the samples of a section, all read together. */
function togetherTally(
  evidence: readonly PhaseEvidence[],
  truths: readonly { readonly must: readonly string[]; readonly optional: readonly string[] }[],
): Tally {
  const tally = newTally();
  const rows: number[][] = [];
  for (let i = 0; i <= 20; i++) {
    for (let j = 0; i + j <= 20; j++) rows.push([1 - (i + j) / 20, i / 20, j / 20]);
  }
  const grid = orderRows(["A", "B", "C"], Float64Array.from(rows.flat()), ["A", "B", "C"]);
  const moved = evidence.map((item) => ({ ...item, candidate: grid.candidateOf[item.candidate]! }));
  const chances = expectPhases(moved, grid);
  moved.forEach((item, k) => {
    const components = rows[k]!.filter((share) => share > 1e-6).length;
    const sets = likelySets(item, chances.get(item.id)!, components);
    const presence = new Map<string, number>();
    for (const set of [{ ...sets, probability: sets.confidence }, ...(sets.alternatives ?? [])]) {
      for (const name of set.phases) {
        presence.set(name, (presence.get(name) ?? 0) + set.probability);
      }
    }
    count(tally, { phases: sets.phases, presence }, truths[k]!, canonical);
  });
  return tally;
}

/** Mixtures of one to four phases drawn from all cards, with texture, humps and three levels of noise. */
export function drawnRow(sources: readonly ReferenceSource[], patterns: number): Tally {
  const tally = newTally();
  const byName = new Map(sources.map((source) => [source.name, source]));
  const names = sources.map(({ name }) => name).filter((name) => canonical(name) === name);
  const libraries = createLibraries(sources);
  const prng = createPrng("drawn mixtures");
  for (let k = 0; k < patterns; k++) {
    const chosen = new Set<string>();
    const size = 1 + prng.integer(4);
    while (chosen.size < size) chosen.add(names[prng.integer(names.length)]!);
    const weights = [...chosen].map(() => 0.15 + prng.next());
    const total = weights.reduce((sum, w) => sum + w, 0);
    const mixture = [...chosen].map((name, i) => ({
      name,
      share: weights[i]! / total,
      strain: 0.004 * (2 * prng.next() - 1),
    }));
    const pattern = mixturePattern(byName, mixture, {
      noise: [0.003, 0.01, 0.03][k % 3]!,
      displacement_deg: 0.06 * (2 * prng.next() - 1),
      width_deg: 0.12 + 0.25 * prng.next(),
      lorentz: 0.2 + 0.7 * prng.next(),
      texture: [0.1, 0.3, 0.5][Math.floor(k / 3) % 3]!,
      humpHeight: k % 4 === 0 ? 0.15 : 0,
      random: () => prng.next(),
    });
    const found = timed(tally, pattern, libraries);
    const { phases } = found.sets[0]!;
    const must = mixture.filter(({ share }) => share >= OPTIONAL_SHARE).map(({ name }) => name);
    count(tally, { phases, presence: found.presence }, { must, optional: [...chosen] }, canonical);
  }
  return tally;
}

/** Identifies, and counts time and flag; the library is made outside of the time. */
export function timed(
  tally: Tally,
  pattern: DiffractionPattern,
  libraries: Libraries,
): Identification {
  const library = libraries(preparePattern(pattern));
  const begin = process.cpuUsage();
  const found = identifyPhases(preparePattern(pattern), library);
  const { user, system } = process.cpuUsage(begin);
  tally.cpu_ms.push((user + system) / 1000);
  if (found.unfamiliar) tally.unfamiliar++;
  return found;
}
