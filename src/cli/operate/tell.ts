import { LabError } from "../../core/errors.ts";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { addConnection, connectFromOptions, tellReply } from "./operate.ts";
import type { TellOptions } from "./run-tell.ts";
import { addPhotos, type PhotoOptions, sendPhotos } from "./send-photos.ts";

interface CommentOptions extends PhotoOptions {
  readonly campaign: string;
  readonly broker: string;
  readonly site: string;
  readonly reason?: string;
  readonly sample?: string;
  readonly json?: boolean;
}

/** `tieline comment`: a word on a sample, or for the next shift. */
export const registerComment: RegisterCommand = (program, io) => {
  addPhotos(
    addConnection(
      program
        .command("comment")
        .description("a word on a sample, or for the next shift, kept in the log"),
    ),
  )
    .option("--sample <id>", "the sample: the name of its experiment, e.g. al-mg-zn.3")
    .addHelpText(
      "after",
      '\nExample:\n  tieline comment --campaign al-mg-zn --sample al-mg-zn.3 --by ada --reason "the lid was open" --photo lid.jpg\n',
    )
    .action((options: CommentOptions) => comment(options, io));
};

/** `tieline tell`: results of earlier experiments. */
export const registerTell: RegisterCommand = (program, io) => {
  addPhotos(
    addConnection(
      program
        .command("tell [file]")
        .description(
          "tells a campaign results of earlier experiments: a table, JSON, or one point",
        ),
    ),
  )
    .option("--label <column>", "the table's column of phases (A+B)")
    .option(
      "--objectives <names>",
      "the table's columns of numbers, with units: strength:MPa,cost:1",
    )
    .option("--confidence <column>", "the table's column of how sure the phases are, 0..1")
    .option("--axes <names>", "the columns that say where; default: all others")
    .option("--point <axis=value,...>", "one point, instead of a file")
    .option("--phases <a+b>", "what was found at the point")
    .option("--value <name=number unit...>", "a number that was measured at the point")
    .option("--recipe <name>", "the alternative recipe that it was measured with")
    .option("--new-phases", "phases that the campaign has not seen are meant, and no slips")
    .addHelpText(
      "after",
      "\nA result costs no budget; told again, it counts once. withdraw takes it back by its name in the export.\n\n" +
        'Examples:\n  tieline tell earlier.csv --campaign al-mg-zn --label phases --by ada --reason "thesis of 2019"\n' +
        "  tieline tell --campaign al-mg-zn --point Al=0.2,Mg=0.3,Zn=0.5 --phases FCC_A1+HCP_A3 --by ada\n",
    )
    .action(async (file: string | undefined, options: TellOptions) => {
      const { runTell } = await import("./run-tell.ts");
      await runTell(file, options, io);
    });
};

async function comment(options: CommentOptions, io: CommandIo): Promise<void> {
  const { campaign: campaignId, by, reason, sample: sampleId } = options;
  if (reason === undefined)
    throw new LabError("TL-1001", "A comment has no words", {
      exitCode: 2,
      hint: 'Write --reason "the lid was open".',
    });
  const raw = await sendPhotos(options);
  const client = await connectFromOptions(options);
  try {
    const photos = raw.length === 0 ? {} : { raw };
    const command = { campaignId, action: "comment" as const, by, reason, sampleId, ...photos };
    tellReply(io, options, command, await client.command(command));
  } finally {
    await client.close();
  }
}
