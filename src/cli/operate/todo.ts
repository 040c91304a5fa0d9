import type { Command } from "commander";
import type { CommandIo, RegisterCommand } from "../command.ts";
import { addBroker, addSpeaker } from "./operate.ts";
import type { DoneOptions, FailedOptions, ListOptions } from "./run-todo.ts";
import { addPhotos } from "./send-photos.ts";

/** `tieline todo`, `todo done`, `todo failed`: the list of the people at the bench. */
export const registerTodo: RegisterCommand = (program, io) => {
  const todo = addBroker(
    program.command("todo").description("what is asked of the people at the bench; done, failed"),
  )
    .option("--watch", "shows it again every 5 s until Ctrl-C")
    .option("--json", "prints one JSON document")
    .addHelpText(
      "after",
      "\nSteps `by: person` of a recipe stand here (docs/people.md).\n\nExamples:\n  tieline todo\n" +
        '  tieline todo done alloys.3.s2 --value "strength=410 MPa" --by ada --note "two cracks"\n' +
        '  tieline todo failed alloys.3.s2 --reason "the sample broke" --by ada\n',
    )
    .action(async (options: ListOptions) => {
      const { showTodos } = await import("./run-todo.ts");
      await showTodos(options, io);
    });
  registerDone(todo, io);
  registerFailed(todo, io);
};

function registerDone(todo: Command, io: CommandIo): void {
  addPhotos(
    addSpeaker(
      addBroker(todo.command("done <job>").description("a step is done, with what was found")),
    ),
  )
    .option("--value <name=number unit...>", "a number that was asked for: strength=410 MPa")
    .option("--phases <a+b>", "the phases that were found")
    .option("--confidence <0..1>", "how sure the phases are")
    .option("--observations <file>", "observations as JSON, as in docs/contract.md (curves)")
    .option("--actual <name=value...>", "a set point as it came out, in its own unit")
    .option("--file <file...>", "an instrument's file that belongs to it: it stays where it lies")
    .option("--new-phases", "phases that the campaign has not seen are meant, and no slips")
    .option("--note <text>", "a word for those who come after")
    .addHelpText(
      "after",
      '\nExample:\n  tieline todo done alloys.3.s2 --value "strength=410 MPa" --by ada --note "two cracks"\n',
    )
    .action(async (job: string, options: DoneOptions) => {
      const { reportDone } = await import("./run-todo.ts");
      await reportDone(job, options, io);
    });
}

function registerFailed(todo: Command, io: CommandIo): void {
  addSpeaker(addBroker(todo.command("failed <job>").description("a step came to nothing")))
    .requiredOption("--reason <text>", "why: the next one has to know")
    .option("--again", "it may be tried again on the same sample")
    .addHelpText(
      "after",
      '\nExample:\n  tieline todo failed alloys.3.s2 --reason "the sample broke" --by ada\n',
    )
    .action(async (job: string, options: FailedOptions) => {
      const { reportFailed } = await import("./run-todo.ts");
      await reportFailed(job, options, io);
    });
}
