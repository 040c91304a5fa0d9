/** Makes the pictures of docs/pictures.md by the commands that it shows: `tsx test/support/make-pictures.ts`. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { renderPng } from "../../adapters/pictures/render-png.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runCommandLine } from "../../src/cli/run.ts";

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

const example = (name: string): string => join(ROOT, "examples", name);
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
  example("binary-alloy.csv"),
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
  example("steel.csv"),
  ...inputs,
  ...objectives,
);
