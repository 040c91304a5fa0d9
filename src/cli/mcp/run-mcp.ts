import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
import { secretOf } from "../../../config/broker-access.ts";
import { VERSION } from "../../core/version.ts";
import { runCommandLine } from "../run.ts";
import { registerSuggest } from "../suggest/suggest.ts";
import { asData, cleanText, NOTE } from "./as-data.ts";
import { createDoorClient, type DoorClient } from "./door-client.ts";

const INSTRUCTIONS = [
  "Tieline runs a laboratory's campaigns. You can read them, explain their choices, choose a batch from a table, and propose a point.",
  NOTE,
  "Nothing that you ask for reaches an instrument before a named person has approved it: there is no tool for approving.",
].join(" ");

const campaignId = z.string().max(64).describe("as `campaigns` lists it");

/** Serves the agent until its side of standard input is closed. */
export async function runMcp(options: {
  readonly page: string;
  readonly by: string;
  readonly keyFile?: string | undefined;
}): Promise<void> {
  const keyFile = options.keyFile ?? process.env["TIELINE_OPERATOR_KEY_FILE"];
  const key = keyFile === undefined ? {} : { key: secretOf(keyFile) };
  const server = new McpServer(
    { name: "tieline", version: VERSION },
    { instructions: INSTRUCTIONS },
  );
  const door = createDoorClient(options.page);
  addReading(server, door);
  addSuggest(server);
  addProposing(server, door, { by: options.by, ...key });
  const transport = new StdioServerTransport();
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once("end", resolve);
  });
  await server.connect(transport);
  await closed;
  await server.close();
}

const READ = { readOnlyHint: true, openWorldHint: false };

function addReading(server: McpServer, door: DoorClient): void {
  const read = (name: string, description: string, pathOf: (id: string) => string): void => {
    server.registerTool(
      name,
      { description, inputSchema: { campaignId }, annotations: READ },
      async ({ campaignId: id }) => answer(await door.read(pathOf(encodeURIComponent(id)))),
    );
  };
  server.registerTool(
    "campaigns",
    { description: "All campaigns: goal, state, budget, why they stand still", annotations: READ },
    async () => answer(await door.read("/campaigns")),
  );
  read(
    "campaign",
    "One campaign: what the model knows, decisions, reasons",
    (id) => `/campaigns/${id}`,
  );
  read(
    "batch",
    "The latest batch: each point with its reason and state",
    (id) => `/campaigns/${id}/batch`,
  );
  read("results", "Every result that counts, numbered from 1", (id) => `/campaigns/${id}/results`);
  server.registerTool(
    "explain",
    {
      description: "Why a point was proposed, or why a campaign stands still",
      inputSchema: { campaignId, candidateId: z.string().max(64).optional() },
      annotations: READ,
    },
    async ({ campaignId: id, candidateId }) => {
      const path = `/campaigns/${encodeURIComponent(id)}`;
      const [campaign, batch] = [await door.read(path), await door.read(`${path}/batch`)];
      const { state, reasons, verdict, warnings, model } = campaign;
      const points = batch["points"] as readonly { readonly candidateId: string }[];
      const wanted = points.filter(
        (one) => candidateId === undefined || one.candidateId === candidateId,
      );
      return answer({ state, reasons, verdict, warnings, model, points: wanted });
    },
  );
}

function addSuggest(server: McpServer): void {
  server.registerTool(
    "suggest",
    {
      description:
        "One batch from a table of candidates in a CSV file; no daemon, nothing is started",
      inputSchema: {
        candidates: z.string().max(1000).describe("path of the CSV file"),
        goal: z.enum(["phase-diagram", "optimise"]),
        objectives: z.string().max(1000).optional().describe("optimise: e.g. yield:max,cost:min"),
        label: z.string().max(200).optional().describe("phase-diagram: column of the label"),
        batch: z.int().min(1).max(100).default(1),
        seed: z.int().default(1),
      },
      annotations: READ,
    },
    async ({ candidates, goal, objectives, label, batch, seed }) => {
      const [out, err]: [string[], string[]] = [[], []];
      const words = [
        ...["suggest", "--candidates", candidates, "--goal", goal, "--json"],
        ...["--batch", String(batch), "--seed", String(seed)],
        ...(objectives === undefined ? [] : ["--objectives", objectives]),
        ...(label === undefined ? [] : ["--label", label]),
      ];
      const io = {
        out: (text: string) => void out.push(text),
        err: (text: string) => void err.push(text),
        interactive: false,
      };
      const code = await runCommandLine(words, [registerSuggest], io);
      if (code !== 0) return failure(err.join(""));
      const { message, points } = JSON.parse(out.join("")) as Record<string, unknown>;
      return answer({ message, points });
    },
  );
}

/** Proposing acts on an instrument once a person has approved: never where nobody would be asked. */
function addProposing(
  server: McpServer,
  door: DoorClient,
  who: { readonly by: string; readonly key?: string },
): void {
  server.registerTool(
    "propose_point",
    {
      description:
        "Puts a point into the batch of a supervised campaign, where it waits for a named person's approval",
      inputSchema: {
        campaignId,
        candidateId: z.string().max(64).optional(),
        parameters: z.record(z.string().max(200), z.number()).optional(),
        reason: z.string().min(1).max(300),
      },
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    async ({ campaignId: id, candidateId, parameters, reason }) => {
      const path = `/campaigns/${encodeURIComponent(id)}`;
      // Said without a word in the log; what counts is `needsApproval` below, by which the daemon decides.
      const { approval } = await door.read(path);
      if (approval !== "supervised")
        return failure(
          `${id} is not supervised: nobody would be asked before the point is measured. A person can put it in: tieline propose --campaign ${id}`,
        );
      const agent = cleanText(server.server.getClientVersion()?.name ?? "unknown").slice(0, 60);
      const reply = await door.say(`${path}/propose`, {
        ...who,
        points: [{ candidateId, parameters }],
        needsApproval: true,
        reason: `asked by an agent (${agent}): ${cleanText(reason)}`,
      });
      if (reply["accepted"] !== true) return failure(String(reply["reason"] ?? "no reason given"));
      return answer({
        ...reply,
        next: "It waits for a person, on the page or by tieline approve.",
      });
    },
  );
}

function answer(data: unknown) {
  return { content: [{ type: "text" as const, text: asData(data) }] };
}

function failure(why: string) {
  return { isError: true, content: [{ type: "text" as const, text: asData({ failed: why }) }] };
}
