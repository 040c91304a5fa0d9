import { join } from "node:path";
import { connectOverMqtt } from "../connections/mqtt-connection.ts";
import type { JournalEntry } from "../instruments/controller-memory.ts";
import { createMemoryJournal, type Journal, openFileJournal } from "../instruments/journal.ts";
import { createSystemClock } from "../time/scaled-clock.ts";
import { PhysicalWorld, type WorldEntry } from "../world/physical-world.ts";
import { assembleInstruments } from "./assemble.ts";
import type { SimulatedLaboratory, SimulatedLaboratoryOptions } from "./laboratory-options.ts";

const RESEND_AFTER_S = 5;
const TELEMETRY_EVERY_S = 5;

/**
 * Starts a laboratory of separate MQTT clients in real time, which speak only the wire contract. Returns at once; each
 * instrument connects when the broker answers and reconnects by itself.
 * @throws TL-0101 where the truth cannot be read, TL-0103 where a journal cannot, TL-0104 for two equal names
 */
export function startSimulatedLaboratory(options: SimulatedLaboratoryOptions): SimulatedLaboratory {
  const { folder } = options;
  const journals: Journal<never>[] = [];
  const open = <Entry>(name: string): Journal<Entry> => {
    const journal =
      folder === undefined
        ? createMemoryJournal<Entry>()
        : openFileJournal<Entry>(join(folder, `${name}.jsonl`));
    journals.push(journal as Journal<never>);
    return journal;
  };
  const world = new PhysicalWorld(open<WorldEntry>("world"));
  const instruments = assembleInstruments(options, {
    world,
    clock: options.clock ?? createSystemClock(),
    speed: options.speed ?? 1,
    resendAfter_s: options.resendAfter_s ?? RESEND_AFTER_S,
    telemetryEvery_s: options.telemetryEvery_s ?? TELEMETRY_EVERY_S,
    journalOf: (instrumentId) => open<JournalEntry>(instrumentId),
    connectionOf: () => connectOverMqtt(options),
  });
  for (const instrument of instruments) instrument.start();
  return {
    instrumentIds: instruments.map(({ instrumentId }) => instrumentId),
    ledger: () => world.ledger(),
    stop: async () => {
      await Promise.all(instruments.map((instrument) => instrument.stop()));
      for (const journal of journals) journal.close();
    },
  };
}
