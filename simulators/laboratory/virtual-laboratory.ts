import { createPrng } from "../../src/core/prng.ts";
import { SimulatedBroker } from "../broker/simulated-broker.ts";
import { createSimulatedBus } from "../broker/simulated-bus.ts";
import type { SimulatedLink } from "../broker/simulated-link.ts";
import { checkLedger } from "../checkers/check-ledger.ts";
import type { InstrumentController } from "../instruments/instrument-controller.ts";
import { createMemoryJournal } from "../instruments/journal.ts";
import { createVirtualClock, type VirtualClock } from "../time/virtual-clock.ts";
import { readEnvelope, siteTopic, writeEnvelope } from "../wire/envelope.ts";
import { PhysicalWorld } from "../world/physical-world.ts";
import { assembleInstruments, DEFAULT_SITE } from "./assemble.ts";
import type { VirtualLaboratory, VirtualLaboratoryOptions } from "./laboratory-options.ts";

const START_MS = Date.UTC(2026, 0, 1);
const LATENCY_MS = { min: 1, max: 20 };
const RESEND_AFTER_S = 30;
const TELEMETRY_EVERY_S = 60;

/**
 * A laboratory, its network and its clock in one process and virtual time: the same seed and the same daemon give the
 * same history, byte for byte. Nothing moves until `clock.run`.
 * @throws TL-0101 where the truth cannot be read, TL-0104 for two equal names
 */
export function createVirtualLaboratory(options: VirtualLaboratoryOptions): VirtualLaboratory {
  const { seed, site = DEFAULT_SITE, faults } = options;
  const clock = createVirtualClock(options.start_ms ?? START_MS);
  const broker = new SimulatedBroker({
    clock,
    seed,
    latency_ms: options.latency_ms ?? LATENCY_MS,
    duplicates: faults?.network.duplicates,
  });
  const links = new Map<string, SimulatedLink>();
  const world = new PhysicalWorld(createMemoryJournal());
  const instruments = assembleInstruments(options, {
    world,
    clock,
    speed: 1,
    resendAfter_s: RESEND_AFTER_S,
    telemetryEvery_s: options.telemetryEvery_s ?? TELEMETRY_EVERY_S,
    journalOf: () => createMemoryJournal(),
    connectionOf: (instrumentId) => (client) => {
      const link = broker.connect({ ...client, clean: false });
      links.set(instrumentId, link);
      return link;
    },
  });
  const proposed = collectProposals(broker);
  const stopCuts = scheduleCuts(options, clock, links);
  for (const instrument of instruments) instrument.start();
  const byId = new Map(instruments.map((instrument) => [instrument.instrumentId, instrument]));

  return {
    clock,
    broker,
    instrumentIds: [...byId.keys()],
    connectDaemon: (daemon) =>
      createSimulatedBus(broker, { site, clientId: "daemon", will: daemon?.will }),
    nextKill_ms: (after_ms) => nextKill_ms(after_ms, seed, faults?.network.killEvery_s),
    proposedJobIds: () => proposed,
    ...createPeople(broker, clock, site),
    crashInstrument: (instrumentId, away_s) => byId.get(instrumentId)?.crash(away_s),
    cutInstrument: (instrumentId, duration_s) => links.get(instrumentId)?.cut(duration_s * 1000),
    setControl: (instrumentId, control) => byId.get(instrumentId)?.setControl(control),
    ledger: () => world.ledger(),
    check: (expectations) => checkLedger(world.ledger(), expectations),
    stop: () => {
      stopCuts();
      stopAll(instruments);
    },
  };
}

function stopAll(instruments: readonly InstrumentController[]): void {
  for (const instrument of instruments) void instrument.stop();
}

/** What a person does at a console; each word is a message of its own on the wire. */
function createPeople(
  broker: SimulatedBroker,
  clock: VirtualClock,
  site: string,
): Pick<VirtualLaboratory, "operate" | "emergencyStop"> {
  let said = 0;
  const say = (
    rest: string,
    type: string,
    data: Record<string, unknown>,
    retain: boolean,
  ): void => {
    said += 1;
    const envelope = { id: `p${said}`, source: "operator/simulated", type, data };
    const payload = writeEnvelope({ ...envelope, time_ms: clock.now_ms() });
    const topic = siteTopic(site, rest);
    clock.schedule(clock.now_ms(), () => broker.receive({ topic, payload, qos: 1, retain }));
  };
  return {
    operate: (campaignId, action, data = {}) =>
      say(
        `campaign/${campaignId}/command/${action}`,
        `tieline.campaign.${action}`,
        { commandId: `operator-${said + 1}`, by: "simulated", ...data },
        false,
      ),
    emergencyStop: (active, by, reason) =>
      say("safety/emergency-stop", "tieline.safety.emergencyStop", { active, by, reason }, true),
  };
}

function collectProposals(broker: SimulatedBroker): ReadonlySet<string> {
  const jobIds = new Set<string>();
  broker.observe(({ topic, payload }) => {
    if (!/\/campaign\/[^/]+\/batch$/.test(topic)) return;
    const points = readEnvelope(new TextEncoder().encode(payload))?.data["points"];
    if (!Array.isArray(points)) return;
    for (const point of points as { readonly jobId?: unknown }[]) {
      if (typeof point?.jobId === "string") jobIds.add(point.jobId);
    }
  });
  return jobIds;
}

/** Cuts each instrument's cable at exponentially distributed times. */
function scheduleCuts(
  { seed, faults }: VirtualLaboratoryOptions,
  clock: VirtualClock,
  links: ReadonlyMap<string, SimulatedLink>,
): () => void {
  const { cutEvery_s, cutFor_s = 10 } = faults?.network ?? {};
  let isStopped = false;
  if (cutEvery_s !== undefined) {
    // The links appear when the instruments start, so the names are looked up at each cut.
    const prng = createPrng(`${seed}/cuts`);
    const next = (): void => {
      const wait_ms = (-Math.log(1 - prng.next()) * cutEvery_s * 1000) / Math.max(1, links.size);
      clock.schedule(clock.now_ms() + wait_ms, () => {
        if (isStopped) return;
        const all = [...links.values()];
        all[prng.integer(Math.max(1, all.length))]?.cut(cutFor_s * 1000);
        next();
      });
    };
    next();
  }
  return () => {
    isStopped = true;
  };
}

/** Kills lie on a grid of the mean distance, each at a drawn place within its cell: memoryless enough, and always the same. */
function nextKill_ms(
  after_ms: number,
  seed: string,
  killEvery_s: number | undefined,
): number | undefined {
  if (killEvery_s === undefined) return undefined;
  const cell_ms = killEvery_s * 1000;
  for (let cell = Math.floor(after_ms / cell_ms); ; cell++) {
    const at_ms = (cell + createPrng(`${seed}/kill/${cell}`).next()) * cell_ms;
    if (at_ms > after_ms) return at_ms;
  }
}
