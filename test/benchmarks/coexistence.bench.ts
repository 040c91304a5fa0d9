import { createTriangulationModel } from "../../src/models/phase-diagram/triangulation/index.ts";
import { loadSection, playCampaign, samplesTo } from "./coexistence-campaign.ts";

const SECTIONS = ["al-mg-zn_608K", "cr-fe-nb_1373K", "al-mg-si_773K", "cu-mg-si_873K"];

export async function run(): Promise<void> {
  for (const grid of ["2p5pct", "1pct"]) {
    for (const name of SECTIONS) {
      const truth = loadSection(`${name}_${grid}`);
      for (const batch of [1, 10]) {
        const runs = [1, 2, 3, 4, 5].map((seed) =>
          playCampaign(truth, createTriangulationModel(truth.grid), { seed, budget: 60, batch }),
        );
        const at = (level: number): string => runs.map((r) => samplesTo(r, level)).join(" ");
        const last = runs.map((r) => r.f1.at(-1)?.toFixed(3)).join(" ");
        const ms = runs.flatMap((r) => r.rank_ms).sort((a, b) => a - b);
        console.log(
          `${truth.name} b=${batch}: 0.8 ${at(0.8)} | 0.9 ${at(0.9)} | at 60 ${last} | conflicts ${runs.map((r) => r.warnings.length).join(" ")} | median ms ${ms[ms.length >> 1]?.toFixed(1)} max ${ms.at(-1)?.toFixed(1)}`,
        );
      }
    }
  }
}

if (import.meta.url === `file://${process.argv[1]}`) await run();
