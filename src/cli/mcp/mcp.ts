import type { RegisterCommand } from "../command.ts";
import { userName } from "../operate/operate.ts";

interface McpOptions {
  readonly page: string;
  readonly by: string;
  readonly keyFile?: string;
}

/** `tieline mcp`: the door for agents (Model Context Protocol, over standard input and output). */
export const registerMcp: RegisterCommand = (program) => {
  program
    .command("mcp")
    .description("serves a running daemon to an agent: it reads and proposes, people approve")
    .option("--page <url>", "address of the daemon's page", "http://127.0.0.1:8080")
    .option("--by <name>", "the person for whom the agent asks", userName())
    .option("--key-file <file>", "holds that person's key (or TIELINE_OPERATOR_KEY_FILE)")
    .addHelpText("after", "\nExample:\n  tieline mcp --page http://127.0.0.1:8080 --by ada\n")
    .action(async (options: McpOptions) => {
      const { runMcp } = await import("./run-mcp.ts");
      await runMcp(options);
    });
};
