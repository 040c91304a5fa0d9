import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { COMMANDS } from "../../src/cli/commands.ts";
import { tieline } from "./command-line.ts";

/** A command that a document or a help text prints, and what it shows below. */
export interface PrintedCommand {
  readonly where: string;
  readonly line: string;
  /** Named in a sentence, perhaps without what it must have. */
  readonly isMention?: boolean;
  readonly shown: readonly string[];
}

/** The console blocks of `file`, and what stands in backticks with an option or an argument of its own. */
export function commandsOfDocument(root: string, file: string): PrintedCommand[] {
  const text = readFileSync(join(root, file), "utf8");
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const fenced = blocks.flatMap(([, kind, block = ""]) =>
    kind === "" || kind === "console" || kind === "sh" ? commandsOfBlock(file, block) : [],
  );
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  const inline = [...prose.matchAll(/`((?:npm|npx|tieline)\s[^`]+)`/g)].map(([, line = ""]) => ({
    where: file,
    line: line.replace(/\s+/g, " "),
    isMention: true,
    shown: [],
  }));
  const indented = [...prose.matchAll(/(?:^ {4}.*\S.*\n)+/gm)].flatMap(([block]) =>
    commandsOfBlock(file, block.replace(/^ {4}/gm, "")),
  );
  return [...fenced, ...indented, ...inline];
}

function commandsOfBlock(where: string, block: string): PrintedCommand[] {
  const found: { where: string; line: string; shown: string[] }[] = [];
  for (const line of block.replace(/\\\n\s*/g, "").split("\n")) {
    const command = /^(?:\$ )?((?:npm|npx|tieline) .+)$/.exec(line)?.[1];
    if (command !== undefined) found.push({ where, line: command, shown: [] });
    else if (!/^\s*(#|$)/.test(line)) found.at(-1)?.shown.push(line);
  }
  return found;
}

/** The examples below each command's options. */
export async function commandsOfHelp(): Promise<PrintedCommand[]> {
  const found: PrintedCommand[] = [];
  for (const words of leaves()) {
    const { out } = await tieline(...words, "--help");
    const examples = out.replace(/\\\n\s*/g, "").matchAll(/^ {2}(tieline .+)$/gm);
    for (const [, line = ""] of examples)
      found.push({ where: `${words.join(" ")} --help`, line, shown: [] });
  }
  return found;
}

function commandTree(): Command {
  const program = new Command("tieline");
  const io = { out: () => {}, err: () => {}, interactive: false };
  for (const register of COMMANDS) register(program, io);
  return program;
}

/** Whether the words lack an option that their command must have, or name a group of commands. */
export function isIncomplete(words: readonly string[]): boolean {
  let command = commandTree();
  for (const word of words)
    command = command.commands.find((one) => one.name() === word) ?? command;
  const missing = command.options.filter(
    ({ mandatory, defaultValue, long }) =>
      mandatory && defaultValue === undefined && !words.includes(long ?? ""),
  );
  return command.commands.length > 0 || missing.length > 0;
}

/** Commands and options among the words that there are not. */
export function strangersIn(words: readonly string[]): string[] {
  let command = commandTree();
  const strangers: string[] = [];
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next !== undefined) command = next;
    else if (command.commands.length > 0 && !word.startsWith("-")) strangers.push(word);
    else if (word.startsWith("--") && word !== "--help")
      if (!command.options.some(({ long }) => long === word)) strangers.push(word);
  }
  return strangers;
}

/** The words of each command that does something. */
export function leaves(): string[][] {
  const program = commandTree();
  const below = (command: Command, words: string[]): string[][] =>
    command.commands.length === 0
      ? [words]
      : command.commands.flatMap((one) => below(one, [...words, one.name()]));
  return below(program, []);
}

/** Pages of the documentation, the changelog and decisions left out: those tell of the past. */
export function documents(root: string): string[] {
  const pages = ["docs", "docs/tutorials"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  );
  return ["README.md", "examples/README.md", ...pages];
}

/** A line as `tieline`'s own words, without the shell's quotes; undefined where it calls another program. */
export function wordsOf(line: string): string[] | undefined {
  const own = line
    .replace(/ +(\||&&|#) .*$/, "")
    .replace(/^npm run (-s )?tieline -- /, "tieline ")
    .replace(/^npm run simulate -- /, "tieline simulate ")
    .replace(/^npm start -- /, "tieline start ")
    .replace(/^npm start$/, "tieline start")
    .replace(/^npx tieline /, "tieline ");
  if (!own.startsWith("tieline ")) return undefined;
  const words = own.slice("tieline ".length).match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replace(/^"(.*)"$/, "$1"));
}
