import { ANODES } from "../../models/diffraction/radiation.ts";
import type { RegisterCommand } from "../command.ts";
import { PLOT_HELP } from "../output/write-picture.ts";
import type { IdentifyCommandOptions } from "./identify-options.ts";

/** `tieline identify`: which phases a diffraction pattern shows, with probabilities. */
export const registerIdentify: RegisterCommand = (program, io) => {
  program
    .command("identify")
    .description("Names the phases in diffraction patterns: sets of phases with probabilities.")
    .requiredOption(
      "--pattern <file...>",
      "XRDML, Rigaku .ras, Bruker RAW1.01, GSAS .fxye, columns (.xy .xye .csv .dat .chi; a head names the axis)",
    )
    .requiredOption(
      "--references <path...>",
      "folders or files: .cif, line lists .csv (d_angstrom or Q_per_nm, intensity), measured patterns",
    )
    .option(
      "--elements <names>",
      "only references made of these elements, and those that name none (line lists, patterns): Li,Mn,O",
    )
    .option(
      "--wavelength <source>",
      `${ANODES.join(", ")}, or angstrom: 1.5406 or 1.5406,1.5444:0.5; without: the file's, else Cu, and other tubes are tried where Cu explains too little`,
    )
    .option("--max-phases <n>", "largest number of phases in a sample", "4")
    .option("--plot <file>", `${PLOT_HELP}: the first pattern with its fit`)
    .option(
      "--json",
      "one JSON document on standard output; cpu_ms is the processor time of a pattern",
    )
    .addHelpText(
      "after",
      "\nExample:\n  tieline identify --pattern sample-12.xy --references cards --elements Ni,Ti,O\n",
    )
    .action(async (options: IdentifyCommandOptions) => {
      const { identifyPatterns } = await import("./identify-patterns.ts");
      await identifyPatterns(options, io);
    });
};
