import type { Command } from "commander";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { PLOT_HELP } from "../output/write-picture.ts";
import type { ClassifyOptions, DescribeOptions, TrainOptions } from "./structure-options.ts";

/** `tieline structure describe | train | classify`: what kinds of atoms a simulation holds. */
export const registerStructure: RegisterCommand = (program, io) => {
  const structure = program
    .command("structure")
    .description(
      "Kinds of atoms in simulation frames: descriptors, a classifier, classes of atoms.",
    );
  registerDescribe(structure, io);
  registerTrain(structure, io);
  registerClassify(structure, io);
};

const FILE_HELP = "extended XYZ, LAMMPS text dump, CONQUEST md.frames or XSF; plain or gzip";

/** What a descriptor is made of: the same for `describe` and `train`. */
function addDescriptorOptions(command: Command): Command {
  return command
    .option(
      "--species <names>",
      "species in the order of the blocks; names a dump's types 1, 2, ..",
    )
    .option("--cutoff <A>", "Rc; without it 2.12 first-neighbour distances")
    .option("--average <A>", "Ra; without it 1.69 first-neighbour distances")
    .option("--average-over <which>", "same-species or all neighbours", "same-species");
}

function registerDescribe(structure: Command, io: CommandIo): void {
  const describe = structure
    .command("describe")
    .description("Writes the LAAF descriptor of every atom of every frame.")
    .requiredOption("--frames <file>", FILE_HELP);
  addDescriptorOptions(describe)
    .option("--out <file.npy>", "float64, atoms of all frames x descriptor length")
    .option("--json", "one JSON document on standard output")
    .addHelpText(
      "after",
      "\nExample:\n  tieline structure describe --frames quench.lammpstrj.gz --species Si --out run.npy\n",
    )
    .action(async (options: DescribeOptions) => {
      const { describeFrames } = await import("./structure-describe.ts");
      await describeFrames(options, io);
    });
}

function registerTrain(structure: Command, io: CommandIo): void {
  const train = structure
    .command("train")
    .description("Trains a classifier of atoms (TS-LPP) on labelled frames, or finds their kinds.")
    .option(
      "--frames <file:label...>",
      `${FILE_HELP}; several, the same label may stand for several files`,
    )
    .option(
      "--descriptors <file.csv...>",
      "descriptors made elsewhere, one row an atom, no header; file.csv:label where labelled",
    );
  addDescriptorOptions(train)
    .option("--neighbours <k>", "neighbours of the graph", "7")
    .option("--sigma <s>", "heat-kernel width of the graph; without it all weights are 1")
    .option("--clusters <n>", "kinds of atoms; without it the number of labels, or suggested")
    .option("--components <d>", "dimensions of the final space", "2")
    .option(
      "--dimension <dm>",
      "middle dimension; without it the best by cross-validation or pseudo-F",
    )
    .option("--draws <n>", "training draws that vote together", "5")
    .option("--voters <k>", "nearest training atoms that vote for a class", "15")
    .option("--seed <text>", "names the random stream", "1")
    .requiredOption("--out <model.json>", "the model file")
    .option("--plot <file>", `${PLOT_HELP}: the space with its classes`)
    .option("--json", "one JSON document on standard output")
    .addHelpText(
      "after",
      "\nExample:\n  tieline structure train --frames crystal300.xyz.gz:crystal crystal1100.xyz.gz:crystal \\\n" +
        "    melt1900.xyz.gz:liquid melt2700.xyz.gz:liquid glass300.xyz.gz:glass glass700.xyz.gz:glass \\\n" +
        "    --out silicon.json --plot space.svg\n",
    )
    .action(async (options: TrainOptions) => {
      const { trainStructure } = await import("./structure-train.ts");
      await trainStructure(options, io);
    });
}

function registerClassify(structure: Command, io: CommandIo): void {
  structure
    .command("classify")
    .description("Gives every atom a class, its probability and how unfamiliar it is.")
    .requiredOption("--model <model.json>", "written by structure train")
    .requiredOption("--frames <file>", FILE_HELP)
    .option("--species <names>", "names a dump's types 1, 2, ..")
    .option(
      "--rounds <n>",
      "times that neighbouring atoms agree on their classes; 0: each alone",
      "3",
    )
    .option("--workers <n>", "threads for frames of 50 000 atoms and more; without it every core")
    .option("--out <file.extxyz>", "the frames with their classes, for OVITO")
    .option("--plot <file>", `${PLOT_HELP}: shares in time, space, the last box`)
    .option("--json", "one JSON document on standard output")
    .addHelpText(
      "after",
      "\nExample:\n  tieline structure classify --model silicon.json --frames quench.lammpstrj.gz --species Si \\\n" +
        "    --out classes.extxyz\n",
    )
    .action(async (options: ClassifyOptions) => {
      const { classifyFrames } = await import("./structure-classify.ts");
      await classifyFrames(options, io);
    });
}
