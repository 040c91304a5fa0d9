/**
 * Every row of the table of identification, all with one setting. `npm run bench -- patterns`; about five minutes.
 * PATTERNS_DIAGRAM=FILE.svg writes the reliability diagram.
 */
import { writeFileSync } from "node:fs";
import { createLibraries } from "../../src/models/diffraction/libraries.ts";
import type { ReferenceSource } from "../../src/models/diffraction/reference-card.ts";
import { drawChart } from "../../src/views/pictures/chart.ts";
import { LIGHT } from "../../src/views/pictures/theme.ts";
import { median } from "../support/statistics.ts";
import { HAS_SHARED, sharedPatterns, sharedReferences } from "./pattern-data.ts";
import { drawnRow, knownRow, removedRow, spreadRow, timed } from "./pattern-rows.ts";
import { SECTIONS } from "./pattern-sections.ts";
import { newTally, reliability, rightAbove, type Tally } from "./pattern-tally.ts";

const DRAWN = 120;

export async function run(): Promise<undefined> {
  if (!HAS_SHARED) return row("patterns", "skipped", "../shared/data/xrd is not here");
  const sources = sharedReferences();
  const all: [string, Tally][] = [];
  const keep = (name: string, reach: string, tally: Tally): void => {
    all.push([name, tally]);
    const { exact, patterns, falsePhases, missed, unfamiliar, cpu_ms } = tally;
    // What is read together was timed one by one.
    const time = cpu_ms.length === 0 ? "" : `, ${median(cpu_ms).toFixed(0)} ms`;
    row(
      name,
      reach,
      `${exact} of ${patterns}, ${falsePhases} false, ${missed} missed, ${unfamiliar} flagged${time}; ${calibration(tally)}`,
    );
  };
  row("what", "reach", "here");
  const mixtures = sharedPatterns("mixtures");
  keep("20 real mixtures, all cards", ">= 19, <= 1 false", knownRow(mixtures, sources));
  keep("4 measured, all cards", "4", knownRow(sharedPatterns("measured"), sources));
  const removed = removedRow(mixtures, sources);
  const { tally } = removed;
  all.push(["card removed", tally]);
  row(
    "a true card removed, elements given",
    ">= 92 % flagged, <= 5 % false, <= 8 % recruited",
    `${tally.unfamiliar} of ${tally.patterns} flagged, ${removed.falseFlags} of ${mixtures.length} false flags, ${removed.recruited} recruited; ${calibration(tally)}`,
  );
  for (const [name, section] of Object.entries(SECTIONS)) {
    for (const [noise, reach] of [
      [0.01, ">= 215 of 231"],
      [0.05, ">= 200 of 231"],
    ] as const) {
      const { alone, together } = spreadRow(section, sources, noise);
      keep(`spread ${name}, noise ${100 * noise} %`, reach, alone);
      keep("  the same, all read together", reach, together);
    }
  }
  keep(`${DRAWN} drawn mixtures (hold-out)`, "", drawnRow(sources, DRAWN));
  for (const cards of [50, 400]) {
    const reach = cards === 50 ? "<= 60 ms" : "<= 400 ms";
    row(`CPU a pattern, ${cards} cards`, reach, `median ${speed(sources, cards).toFixed(0)} ms`);
  }
  const file = process.env["PATTERNS_DIAGRAM"];
  if (file !== undefined) writeFileSync(file, diagram(all));
  return undefined;
}

function calibration(tally: Tally): string {
  const [share, n] = rightAbove(tally, 0.98);
  return `above .98 right ${(100 * share).toFixed(1)} % of ${n}`;
}

/** Median over the mixtures, cards beyond those there are made by stretching cells. */
function speed(sources: readonly ReferenceSource[], cards: number): number {
  const more: ReferenceSource[] = [...sources];
  for (let k = 0; more.length < cards; k++) {
    const source = sources[k % sources.length]!;
    if (source.kind !== "structure") continue;
    const { cell } = source.crystal;
    const factor = 1 + 0.03 * (1 + Math.floor(k / sources.length)) * (k % 2 === 0 ? 1 : -1);
    const stretched = { ...cell, a_A: cell.a_A * factor, b_A: cell.b_A * factor, c_A: cell.c_A };
    more.push({
      ...source,
      name: `${source.name} ${k}`,
      crystal: { ...source.crystal, cell: stretched },
    });
  }
  const libraries = createLibraries(more.slice(0, cards));
  const tally = newTally();
  for (const { pattern } of sharedPatterns("mixtures")) timed(tally, pattern, libraries);
  return median(tally.cpu_ms);
}

function diagram(all: readonly [string, Tally][]): string {
  const groups: [string, string, (name: string) => boolean][] = [
    ["real patterns", "#0b5cad", (name) => /real|measured/.test(name)],
    ["a card removed", "#b3261e", (name) => /removed/.test(name)],
    ["spreads, one by one", "#2e7d32", (name) => /spread/.test(name)],
    ["spreads, read together", "#c77700", (name) => /together/.test(name)],
    ["drawn mixtures", "#7b3fa0", (name) => /drawn/.test(name)],
  ];
  const series = groups.map(([name, colour, isOf]) => {
    const bins = reliability(all.filter(([row]) => isOf(row)).flatMap(([, t]) => t.presences));
    const x = bins.map(({ stated }) => stated);
    const y = bins.map(({ right }) => right);
    const titles = bins.map(({ n }) => `${n} presences`);
    return { name, colour, x, y, titles, kind: "front" as const };
  });
  const ideal = { name: "as stated", colour: "#9aa1ab", x: [0, 1], y: [0, 1], dashed: true };
  return drawChart([{ ...ideal, kind: "line" }, ...series], {
    title: "Reliability of presences",
    description: "Share of phases that are there, over the probability stated",
    xName: "stated probability",
    yName: "share that is there",
    width: 620,
    height: 460,
    theme: LIGHT,
  });
}

function row(what: string, reach: string, found: string): undefined {
  console.log(`${what.padEnd(52)} | ${reach.padEnd(24)} | ${found}`);
}
