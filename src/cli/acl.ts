import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Option } from "commander";
import { LabError } from "../core/errors.ts";
import { type CommandIo, printJson, type RegisterCommand } from "./command.ts";

interface AclOptions {
  readonly config: string;
  readonly out: string;
  readonly identity: "name" | "certificate";
  readonly json?: boolean;
}

/** Only its owner reads a file of passwords, hashed or not. */
const PRIVATE = 0o600;

/** `tieline acl`: who may say what, as Mosquitto's files. */
export const registerAcl: RegisterCommand = (program, io) => {
  program
    .command("acl")
    .description("writes Mosquitto's users and rights from broker.users of a configuration")
    .requiredOption("--config <file>", "configuration (YAML) with broker.users")
    .option("--out <dir>", "folder to write to; made if it is not there", "mosquitto")
    .addOption(
      new Option(
        "--identity <how>",
        "how Mosquitto knows its clients: name (and password) or certificate",
      )
        .choices(["name", "certificate"])
        .default("name"),
    )
    .option("--json", "print the names of the files as JSON")
    .addHelpText(
      "after",
      "\nThe daemon is the user that `agent` names; its password comes from TIELINE_BROKER_PASSWORD.\n" +
        "Example:\n  tieline acl --config lab.yaml --out /etc/mosquitto/tieline\n",
    )
    .action((options: AclOptions) => writeAcl(options, io));
};

async function writeAcl(options: AclOptions, io: CommandIo): Promise<void> {
  const { loadConfiguration } = await import("../../config/load-configuration.ts");
  const { brokerLogin, brokerUsers } = await import("../../config/broker-access.ts");
  const files = await import("../../adapters/mqtt/mosquitto-files.ts");
  const { broker, site, agent } = loadConfiguration(options.config).configuration;
  const { username = agent, password } = brokerLogin();
  const users = [
    { name: username, principal: { kind: "agent" } as const, password },
    ...brokerUsers(broker),
  ];
  const nameless = users.filter((user) => user.password === undefined);
  if (options.identity === "name" && nameless.length > 0)
    throw new LabError(
      "TL-1001",
      `No password for ${nameless.map(({ name }) => name).join(", ")}: nobody could log in with that name`,
      {
        hint: "Set TIELINE_BROKER_PASSWORD for the daemon and passwordFile for each of broker.users, or use --identity certificate.",
        exitCode: 2,
      },
    );
  const folder = resolve(options.out);
  const written = [
    ["mosquitto.acl", files.mosquittoAcl(site, users)],
    ["mosquitto.tieline.conf", files.mosquittoSettings(options.identity, folder)],
    ...(options.identity === "name"
      ? [["mosquitto.passwords", files.mosquittoPasswords(users)] as const]
      : []),
  ] as const;
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of written)
      await writeFile(join(folder, name), text, { mode: PRIVATE });
  } catch (error) {
    throw new LabError("TL-1003", `${folder} cannot be written`, { cause: error });
  }
  const names = written.map(([name]) => name);
  if (options.json) printJson(io, { out: folder, files: names });
  else io.out(`${names.join(", ")} written to ${folder} for ${users.length} users.\n`);
}
