import { join, resolve } from "node:path";
import type { LoadedConfiguration } from "../../../config/load-configuration.ts";
import type { SimulatedLaboratoryOptions } from "../../../simulators/index.ts";
import type { Logger } from "../../core/logger.ts";
import type { Daemon } from "../../daemon.ts";

interface LaboratoryNeeds {
  readonly loaded: LoadedConfiguration;
  readonly daemon: Daemon;
  /** The daemon's data folder; the simulated instruments keep their journals below it. */
  readonly folder: string;
  readonly seed: string;
  readonly speed: number;
  readonly logger: Logger;
}

export interface StartedLaboratory {
  stop(): Promise<void>;
}

/** What `simulation-runner` in a configuration stands for: the built-in runner, which hands out real frames. */
const RUNNER = "simulation-runner";
/** Laboratory time of a built-in simulation, s. */
const SIMULATION_s = 600;

/** Starts the simulated instruments of the configuration, as separate MQTT clients; none where it names none. */
export async function startLaboratory(
  needs: LaboratoryNeeds,
): Promise<StartedLaboratory | undefined> {
  const { simulated } = needs.loaded.configuration.laboratory ?? {};
  if (simulated === undefined) return undefined;
  const runners = simulated.instruments?.filter(({ kind }) => kind === RUNNER) ?? [];
  const others = simulated.instruments?.flatMap(({ id, kind, capacity }) =>
    kind === RUNNER ? [] : [{ instrumentId: id, kind, capacity }],
  );
  const started: StartedLaboratory[] = [];
  for (const { id } of runners) started.push(await startRunner(id, needs));
  if (others?.length !== 0) started.push(await startInstruments(others, needs));
  return {
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()));
    },
  };
}

async function startInstruments(
  instruments: SimulatedLaboratoryOptions["instruments"],
  { loaded, daemon, folder, seed, speed }: LaboratoryNeeds,
): Promise<StartedLaboratory> {
  const { configuration } = loaded;
  const { startSimulatedLaboratory } = await import("../../../simulators/index.ts");
  const { truth, faults, noise, patterns, seed: own } = configuration.laboratory?.simulated ?? {};
  const options: SimulatedLaboratoryOptions = {
    brokerUrl: daemon.brokerUrl,
    site: configuration.site,
    seed: own ?? seed,
    speed,
    folder: join(folder, "laboratory"),
    truth,
    instruments,
    faults,
    noise,
    ...daemon.brokerLogin,
    patterns: patterns && { ...patterns, lines: resolve(loaded.folder, patterns.lines) },
  };
  return startSimulatedLaboratory(options);
}

async function startRunner(
  instrumentId: string,
  { loaded, daemon, folder, speed, logger }: LaboratoryNeeds,
): Promise<StartedLaboratory> {
  const { createBuiltinProgram } = await import("../../../adapters/runners/builtin-program.ts");
  const { createTaskDevice, openGateway } = await import("../../../adapters/gateway/index.ts");
  const recorded = loaded.configuration.laboratory?.simulated.recorded;
  const program = createBuiltinProgram({
    duration_s: SIMULATION_s / speed,
    recorded: recorded === undefined ? undefined : resolve(loaded.folder, recorded),
  });
  return openGateway(createTaskDevice(program), {
    broker: daemon.brokerUrl,
    site: loaded.configuration.site,
    instrument: instrumentId,
    folder: join(folder, "laboratory", instrumentId),
    logger: logger.child({ instrument: instrumentId }),
    ...daemon.brokerLogin,
  });
}
