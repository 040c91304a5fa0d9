/**
 * The campaign of config/structure-map-lammps.example.yaml as it stands: 512 atoms of Stillinger-Weber silicon, 12 runs of
 * real LAMMPS, while daemon, runner and both are killed in the middle of a simulation. Takes some minutes on two cores.
 *
 *     npx tsx test/benchmarks/lammps-campaign.bench.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  hasLammps,
  lammpsLaboratory,
  liveThroughKills,
  phasesOf,
} from "../system/lammps-laboratory.ts";

const BUDGET = 12;
const UNDER_WAY_WITHIN_ms = 300_000;

export async function run(): Promise<void> {
  if (!hasLammps()) {
    console.log("the MD campaign: skipped, there is no lmp (Debian: apt-get install lammps)");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "tieline-lammps-campaign-"));
  const laboratory = await lammpsLaboratory({ folder });
  const begin_ms = performance.now();
  await liveThroughKills(laboratory, UNDER_WAY_WITHIN_ms);
  const took_s = (performance.now() - begin_ms) / 1000;
  const exported = laboratory.export();
  const phases = phasesOf(exported);
  exported.observations.forEach(({ parameters }, k) => {
    const at = `${parameters["temperature_K"]} K, ${parameters["quenchRate_K_ps"]} K/ps`;
    console.log(`  ${String(k + 1).padStart(2)}  ${at.padEnd(20)} ${phases[k]}`);
  });
  const firstOf = (phase: string): number => 1 + phases.findIndex((one) => one.includes(phase));
  console.log(
    `crystal, liquid, glass first found in run ${firstOf("crystal")}, ${firstOf("liquid")}, ${firstOf("glass")} (reach: within 12)`,
  );
  const begun = laboratory.begun();
  const once = begun.length === BUDGET && new Set(begun).size === BUDGET;
  const lost = BUDGET - exported.observations.length;
  const again = exported.jobs.filter((job) => job.starts !== 1).length;
  console.log(
    `4 kills with SIGKILL in mid-run: ${lost} results lost (reach: 0), ${again} jobs started again (reach: 0), ` +
      `LAMMPS begun ${once ? "once a job" : `${begun.length} times`}; ${took_s.toFixed(0)} s`,
  );
  laboratory.close();
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) await run();
