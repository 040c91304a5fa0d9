import { dirname, resolve } from "node:path";
import { configurationError } from "../../config/load-configuration.ts";
import { readSoundParts, type SoundParts } from "../../config/sound-parts.ts";
import type { ConfigurationProblem } from "../../config/yaml-problems.ts";
import { findBirthProblems } from "../domain/limits/birth-problems.ts";
import type { KnownBirth } from "../domain/limits/known-laboratory.ts";

/** How long instruments have to say that they are there. */
const WAIT_ms = 3000;

/**
 * Holds a configuration against its instruments: those of its simulated laboratory and, with `broker`, those that speak
 * there. Every part that can be read is looked at, whatever else is wrong.
 */
export async function findInstrumentProblems(
  file: string,
  broker: string | true | undefined,
): Promise<ConfigurationProblem[]> {
  const parts = readSoundParts(file);
  if (parts === undefined) return [];
  const births = await birthsOf(parts, dirname(resolve(file)), broker);
  if (births === undefined) return [];
  const { policies, campaigns, places } = parts;
  const interprets = parts.hasInterpreters ? undefined : await ownInterpreters();
  const found = findBirthProblems({ policies, campaigns, births, isSettled: true, interprets });
  if (found.length === 0) return [];
  const placed = found.map(({ path: [first, second = "", ...rest], text }) => ({
    path: [
      first ?? "",
      first === "campaigns" ? (places.get(String(second)) ?? 0) : second,
      ...rest,
    ],
    text,
  }));
  const { problems } = configurationError({ file }, placed).context;
  return problems as ConfigurationProblem[];
}

async function ownInterpreters() {
  const { INTERPRETERS } = await import("../../adapters/interpreters/index.ts");
  return INTERPRETERS.map((create) => create({})).map(({ takes, gives }) => ({ takes, gives }));
}

async function birthsOf(
  parts: SoundParts,
  folder: string,
  broker: string | true | undefined,
): Promise<Map<string, KnownBirth> | undefined> {
  const simulated = parts.laboratory?.simulated;
  const births = new Map<string, KnownBirth>();
  if (simulated !== undefined) {
    const { simulatedBirths } = await import("../../simulators/laboratory/simulated-births.ts");
    const instruments = simulated.instruments?.map(({ id, kind, capacity }) => ({
      ...{ instrumentId: id, kind, capacity },
    }));
    const { truth, patterns: scans } = simulated;
    const patterns = scans && { ...scans, lines: resolve(folder, scans.lines) };
    for (const [id, one] of simulatedBirths({ truth, instruments, patterns })) births.set(id, one);
  }
  if (broker !== undefined) {
    const { brokerLogin } = await import("../../config/broker-access.ts");
    const { hearBirths } = await import("../../adapters/mqtt/hear-births.ts");
    const url = broker === true ? (parts.brokerUrl ?? "mqtt://127.0.0.1:1883") : broker;
    const heard = await hearBirths({
      ...{ url, site: parts.site, wait_ms: WAIT_ms },
      ...brokerLogin(),
    });
    for (const [id, one] of heard) births.set(id, one);
  }
  return simulated === undefined && broker === undefined ? undefined : births;
}
