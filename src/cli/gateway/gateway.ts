import type { Command } from "commander";
import type { CommandIo, RegisterCommand } from "../command.ts";
import type {
  LineCommandOptions,
  LookCommandOptions,
  ModbusCommandOptions,
  ServeCommandOptions,
} from "./gateway-options.ts";

/** `tieline gateway modbus | line | serve | look`: a device becomes an instrument, beside the machine. */
export const registerGateway: RegisterCommand = (program, io) => {
  const gateway = program
    .command("gateway")
    .description(
      "Makes an instrument of a furnace or another device, by the definition of its model.",
    );
  registerModbus(gateway, io);
  registerLine(gateway, io);
  registerServe(gateway, io);
  registerLook(gateway, io);
};

function registerModbus(gateway: Command, io: CommandIo): void {
  const command = gateway
    .command("modbus")
    .description("A temperature controller on Modbus, as an instrument.");
  served(
    device(command, "a map file, or a map that ships with Tieline: eurotherm-2400").option(
      "--unit <n>",
      "the controller's address on its line",
      "1",
    ),
  )
    .addHelpText(
      "after",
      "\nThe gateway keeps journal, limits, deadlines, the emergency stop and resumption. A new model is a new map file (docs/gateways.md).\n\n" +
        "Examples:\n  tieline gateway look --map eurotherm-2400 --at rtu+tcp://10.0.0.5:4001\n" +
        "  tieline gateway modbus --map eurotherm-2400 --at rtu+tcp://10.0.0.5:4001 --id furnace-1 --broker mqtt://lab:1883\n" +
        "  tieline gateway modbus --map ./my-controller.yaml --at tcp://10.0.0.6 --id furnace-2\n",
    )
    .action(async (options: ModbusCommandOptions) => {
      const { runModbusGateway } = await import("./run-gateway.ts");
      await runModbusGateway(options, io);
    });
}

function registerLine(gateway: Command, io: CommandIo): void {
  const command = gateway
    .command("line")
    .description("A temperature controller that is spoken to in lines of text, as an instrument.");
  served(device(command, "a definition, or one that ships with Tieline: lakeshore-336"))
    .addHelpText(
      "after",
      "\nThe gateway keeps journal, limits, deadlines, the emergency stop and resumption. A new model is a new definition (docs/gateways.md).\n\n" +
        "Examples:\n  tieline gateway look --map lakeshore-336 --at tcp://10.0.0.7\n" +
        "  tieline gateway line --map lakeshore-336 --at tcp://10.0.0.7 --id cryostat-1 --broker mqtt://lab:1883\n",
    )
    .action(async (options: LineCommandOptions) => {
      const { runLineGateway } = await import("./run-gateway.ts");
      await runLineGateway(options, io);
    });
}

function registerServe(gateway: Command, io: CommandIo): void {
  gateway
    .command("serve")
    .description("One entry of a configuration's `gateways:`, of any kind, as an instrument.")
    .requiredOption("--config <file>", "a configuration (YAML) with `gateways:`")
    .requiredOption("--id <id>", "which of its gateways")
    .option(
      "--broker <url>",
      "mqtt://host:port; name and password from TIELINE_BROKER_USERNAME, _PASSWORD",
      "mqtt://127.0.0.1:1883",
    )
    .option("--folder <dir>", "journal and jobs; default ./runner-ID")
    .addHelpText(
      "after",
      "\nThe daemon's own configuration then leaves that entry out. Its site and the instrument's limits are this file's.\n\n" +
        "Example:\n  tieline gateway serve --config bench.yaml --id xrd-1 --broker mqtt://lab:1883\n",
    )
    .action(async (options: ServeCommandOptions) => {
      const { serveEntry } = await import("./run-gateway.ts");
      await serveEntry(options, io);
    });
}

/** Options of a gateway that runs until it is told to end. */
function served(command: Command): Command {
  return command
    .option(
      "--broker <url>",
      "mqtt://host:port; name and password from TIELINE_BROKER_USERNAME, _PASSWORD",
      "mqtt://127.0.0.1:1883",
    )
    .option("--site <site>", "the daemon's site", "default")
    .option("--id <id>", "the instrument's name", "furnace-1")
    .option("--folder <dir>", "journal and jobs; default ./runner-ID")
    .option("--capacity <n>", "samples that it takes at once")
    .option("--poll <ms>", "how often it is asked where it stands", "1000")
    .option("--silence <s>", "a device that does not answer for so long has lost its job", "900");
}

function registerLook(gateway: Command, io: CommandIo): void {
  const command = gateway
    .command("look")
    .description("Reads a controller once, and writes nothing to it: is it what its map says?");
  device(command, "a map file, or a map that ships with Tieline")
    .option("--unit <n>", "the controller's address on its line", "1")
    .option("--json", "one JSON document instead of lines")
    .addHelpText(
      "after",
      "\nExample:\n  tieline gateway look --map delta-dtb --at serial:///dev/ttyUSB0?baud=9600 --unit 3\n",
    )
    .action(async (options: LookCommandOptions) => {
      const { lookOnce } = await import("./run-gateway.ts");
      await lookOnce(options, io);
    });
}

function device(command: Command, map: string): Command {
  return command
    .requiredOption("--map <map>", map)
    .requiredOption(
      "--at <address>",
      "tcp://host:port, rtu+tcp://host:port or serial:///dev/NAME?baud=9600",
    );
}
