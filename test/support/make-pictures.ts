/** Makes the pictures of docs/pictures.md by the commands that it shows: `tsx test/support/make-pictures.ts`. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { renderPng } from "../../adapters/pictures/render-png.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { createPrng } from "../../src/core/prng.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const IMAGES = join(ROOT, "docs/images");
const folder = mkdtempSync(join(tmpdir(), "tieline-pictures-"));

async function draw(image: string, ...argv: string[]): Promise<void> {
  const svg = join(folder, `${image}.svg`);
  const out = (text: string): void => void process.stderr.write(text);
  const io = { out, err: out, interactive: false };
  const code = await runCommandLine([...argv, "--plot", svg], COMMANDS, io);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
  writeFileSync(join(IMAGES, `${image}.png`), await renderPng(readFileSync(svg, "utf8"), 1));
}

/** A lens of two phases over a eutectic, with some points measured. */
function alloy(): string {
  const prng = createPrng("alloy");
  const lines = ["x_B,T_K,phases"];
  for (let T = 600; T <= 1400; T += 20) {
    for (let k = 0; k <= 40; k++) {
      const x = k / 40;
      const [liquidus, other] = [1350 - 900 * x, 1100 - 650 * (1 - x)];
      const melts = Math.max(liquidus, other, 760);
      const solid = x < 0.12 ? "alpha" : x > 0.9 ? "beta" : "alpha+beta";
      const partly = T > 760 ? `${liquidus > other ? "alpha" : "beta"}+liquid` : solid;
      const label = T > melts ? "liquid" : partly === solid || x < 0.06 ? solid : partly;
      lines.push(`${x},${T},${prng.next() < 0.025 ? label : ""}`);
    }
  }
  const file = join(folder, "binary-alloy.csv");
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** Strength and ductility of a made-up steel: one costs the other. */
function steel(): string {
  const lines = ["carbon_wtPercent,temperature_K,strength_MPa,elongation"];
  for (let c = 0; c <= 30; c++) {
    for (let t = 0; t <= 30; t++) {
      const [carbon, T] = [c / 30, 500 + 10 * t];
      const hardening = Math.exp(-(((T - 640) / 90) ** 2));
      const strength = 420 + 900 * carbon ** 0.7 + 260 * hardening;
      const elongation = 34 - 22 * carbon - 9 * hardening + 3 * Math.sin(T / 60);
      lines.push(`${carbon.toFixed(3)},${T},${strength.toFixed(1)},${elongation.toFixed(2)}`);
    }
  }
  const file = join(folder, "steel.csv");
  writeFileSync(file, lines.join("\n"));
  return file;
}

const truth = join(ROOT, "simulators/truths/al-mg-zn_608K_2p5pct.csv");
const section = ["--axes", "x_A,x_B,x_C", "--initial", "corners", "--budget", "40"];
await draw(
  "evaluate-map",
  "evaluate",
  "phase-diagram",
  "--truth",
  truth,
  ...section,
  "--seeds",
  "3",
);
await draw(
  "suggest-map",
  "suggest",
  "--candidates",
  alloy(),
  "--goal",
  "phase-diagram",
  "--batch",
  "4",
);
const objectives = ["--objectives", "strength_MPa:max,elongation:max"];
const inputs = ["--inputs", "carbon_wtPercent,temperature_K", "--budget", "30", "--initial", "8"];
await draw(
  "evaluate-optimise",
  "evaluate",
  "optimise",
  "--table",
  steel(),
  ...inputs,
  ...objectives,
);
