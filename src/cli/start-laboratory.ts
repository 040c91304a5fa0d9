import { join } from "node:path";
import type { LoadedConfiguration } from "../../config/load-configuration.ts";
import type { SimulatedLaboratory, SimulatedLaboratoryOptions } from "../../simulators/index.ts";
import type { Daemon } from "../daemon.ts";

interface LaboratoryNeeds {
  readonly loaded: LoadedConfiguration;
  readonly daemon: Daemon;
  /** The daemon's data folder; the simulated instruments keep their journals below it. */
  readonly folder: string;
  readonly seed: string;
  readonly speed: number;
}

/** Starts the simulated instruments of the configuration, as separate MQTT clients; none where it names none. */
export async function startLaboratory(
  needs: LaboratoryNeeds,
): Promise<SimulatedLaboratory | undefined> {
  const { configuration } = needs.loaded;
  const simulated = configuration.laboratory?.simulated;
  if (simulated === undefined) return undefined;
  const { startSimulatedLaboratory } = await import("../../simulators/index.ts");
  const { instruments, truth, faults, noise } = simulated;
  const options: SimulatedLaboratoryOptions = {
    brokerUrl: needs.daemon.brokerUrl,
    site: configuration.site,
    seed: simulated.seed ?? needs.seed,
    speed: needs.speed,
    folder: join(needs.folder, "laboratory"),
    truth,
    instruments: instruments?.map(({ id, kind }) => ({ instrumentId: id, kind })),
    faults,
    noise,
    username: process.env["TIELINE_BROKER_USERNAME"],
    password: process.env["TIELINE_BROKER_PASSWORD"],
  };
  return await startSimulatedLaboratory(options);
}
