import type { Clock, Timers } from "../../src/core/clock.ts";
import { LabError } from "../../src/core/errors.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { Limits } from "../../src/domain/candidate.ts";
import type { TlsFiles } from "../mqtt/broker-address.ts";
import { lockFolder } from "../storage/folder-lock.ts";
import { systemClock, systemTimers } from "../system/system-clock.ts";
import { AgentCommands } from "./agent-commands.ts";
import type { Device } from "./device.ts";
import { type CallName, DEADLINES_ms } from "./device-calls.ts";
import { type GatewayLink, openGatewayLink } from "./gateway-link.ts";
import { GatewayVoice, type StateWords } from "./gateway-voice.ts";
import { JobDriver } from "./job-driver.ts";
import { type JobJournal, type JobRecord, openJobJournal } from "./job-journal.ts";

export interface GatewayOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly broker: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** For `mqtts://`: the authority, our certificate and key (contents of PEM files), the name in the broker's certificate. */
  readonly tls?: TlsFiles | undefined;
  /** The daemon's site. Default `default`. */
  readonly site?: string | undefined;
  /** The instrument's name in the laboratory. */
  readonly instrument: string;
  /** Journal and the jobs' folders: a gateway started again with the same folder takes up what was under way. */
  readonly folder: string;
  /** Narrower limits than the device announces, by set point. */
  readonly limits?: Limits | undefined;
  /** How often the device is asked where it stands, ms. Default 1000. */
  readonly poll_ms?: number | undefined;
  /** A device that does not answer for so long has lost its job, ms. Default 60 000. */
  readonly silence_ms?: number | undefined;
  /** How long each call to the device may take, ms. */
  readonly deadlines_ms?: Partial<Record<CallName, number>> | undefined;
  /** First pause until a result is said again, ms; it grows to twelve times this. Default 5000. */
  readonly resendAfter_ms?: number | undefined;
  readonly logger?: Logger | undefined;
  readonly clock?: (Clock & Timers) | undefined;
}

/** A device as an instrument of the laboratory. */
export interface Gateway {
  /** Names this start, or the device's last power cycle, to the daemon. */
  readonly bootId: string;
  /** Says good-bye and disconnects. What the device does goes on, and is taken up at the next start. */
  stop(): Promise<void>;
}

const POLL_ms = 1000;
const SILENCE_ms = 60_000;
const RESEND_AFTER_ms = 5000;
const RESEND_FACTOR_MAX = 12;

/**
 * Makes a device an instrument of the wire contract. Everything promised is in the journal before it is said: a gateway that is
 * killed at any moment answers `reconcile` truthfully when it is started again, takes up what is under way once it has heard what
 * the broker retained (a stop!), and says its results until they are acknowledged.
 *
 * Throws TL-4005 where another gateway has the folder, TL-7032 where its journal cannot be used, and what `device.open` throws as a
 * {@link LabError} that is not retryable. A device that is off, or a broker that is not there, is waited for.
 */
export async function openGateway(device: Device, options: GatewayOptions): Promise<Gateway> {
  const lock = await lockFolder(options.folder, { who: "gateway" });
  const unlock = (): Promise<void> => lock.release();
  try {
    const gateway = new InstrumentGateway(device, options, unlock);
    await gateway.start();
    return gateway;
  } catch (error) {
    await unlock();
    throw error;
  }
}

class InstrumentGateway implements Gateway {
  readonly #device: Device;
  readonly #options: GatewayOptions & { readonly site: string };
  readonly #logger: Logger;
  readonly #clock: Clock & Timers;
  readonly #journal: JobJournal;
  readonly #driver: JobDriver;
  readonly #commands: AgentCommands;
  readonly #unlock: () => Promise<void>;
  #voice: GatewayVoice;
  #link: GatewayLink | undefined;
  #boots = 0;
  #said = "";
  #resendFactor = 1;
  #cancelResend = (): void => {};
  #isStopped = false;

  constructor(device: Device, options: GatewayOptions, unlock: () => Promise<void>) {
    const { site = "default", logger = silentLogger, folder } = options;
    this.#device = device;
    this.#options = { ...options, site };
    this.#logger = logger;
    this.#clock = options.clock ?? { ...systemClock, ...systemTimers };
    this.#unlock = unlock;
    this.#journal = openJobJournal(folder);
    this.#voice = this.#newVoice();
    this.#driver = new JobDriver({
      ...{ device, journal: this.#journal, folder, clock: this.#clock, logger },
      deadlines_ms: { ...DEADLINES_ms, ...options.deadlines_ms },
      poll_ms: options.poll_ms ?? POLL_ms,
      silence_ms: options.silence_ms ?? SILENCE_ms,
      onStatus: () => this.#sayState(),
      onReadings: (readings) => {
        for (const reading of readings) this.#voice.sayTelemetry(reading);
      },
      onProgress: (order, fraction, message) => this.#voice.sayProgress(order, fraction, message),
      onEnded: (record) => this.#sayReport(record),
      onLost: () => void this.#bootAgain(),
    });
    this.#commands = new AgentCommands({
      ...{ device, site, journal: this.#journal, driver: this.#driver, logger, clock: this.#clock },
      limits: options.limits ?? {},
      voice: () => this.#voice,
      onLatch: () => this.#sayState(),
    });
  }

  get bootId(): string {
    return this.#voice.bootId;
  }

  async start(): Promise<void> {
    await this.#driver.start((error) => error instanceof LabError && !error.retryable);
    this.#link = this.#connect();
    this.#resendLater();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelResend();
    await this.#link?.close();
    await this.#driver.stop();
    this.#journal.close();
    await this.#unlock();
  }

  // ---- the connection

  #newVoice(): GatewayVoice {
    const { site, instrument } = this.#options;
    const bootId = `g${this.#clock.now_ms().toString(36)}-${++this.#boots}`;
    const { now_ms } = this.#clock;
    const say = (message: Parameters<GatewayLink["say"]>[0]): void => this.#link?.say(message);
    return new GatewayVoice(bootId, { site, instrumentId: instrument, now_ms, say });
  }

  #connect(): GatewayLink {
    const { broker, username, password, tls, site, instrument } = this.#options;
    const voice = this.#voice;
    return openGatewayLink({
      ...{ broker, username, password, tls, site, instrumentId: instrument, clock: this.#clock },
      online: (isOnline) => voice.online(isOnline),
      onMessage: (topic, payload, retained) => {
        if (!this.#isStopped) this.#commands.hear(topic, payload, retained);
      },
      onConnect: () => this.#introduce(),
      onHeard: () => this.#driver.mayRun(),
      onDisconnect: (why) => {
        if (!this.#isStopped) this.#logger.warn({ why }, "gateway.disconnected");
      },
    });
  }

  /**
   * A job was lost: to the daemon that is a controller that started anew and may have forgotten, so that it asks about every job and
   * hears `unknown`. The will names the boot, so the connection is new too.
   */
  async #bootAgain(): Promise<void> {
    const before = this.#link;
    this.#voice = this.#newVoice();
    await before?.close();
    if (!this.#isStopped && before !== undefined) this.#link = this.#connect();
  }

  #introduce(): void {
    const { broker } = this.#options;
    const { bootId } = this.#voice;
    this.#logger.info({ broker: broker.replace(/\/\/[^@/]*@/, "//"), bootId }, "gateway.connected");
    this.#said = "";
    this.#sayState();
    this.#resendFactor = 1;
    for (const record of this.#journal.unacknowledged()) this.#sayReport(record);
  }

  #resendLater(): void {
    const wait_ms = (this.#options.resendAfter_ms ?? RESEND_AFTER_ms) * this.#resendFactor;
    this.#cancelResend = this.#clock.schedule(this.#clock.now_ms() + wait_ms, () => {
      const waiting = this.#journal.unacknowledged();
      for (const record of waiting) this.#sayReport(record);
      this.#resendFactor =
        waiting.length === 0 ? 1 : Math.min(2 * this.#resendFactor, RESEND_FACTOR_MAX);
      this.#resendLater();
    });
  }

  // ---- speaking

  #sayReport(record: JobRecord): void {
    this.#voice.sayReport(record, this.#device.simulated ?? false);
  }

  /** What it can do is known once it has been opened; a birth that has changed is said again. */
  #sayState(): void {
    const { kind, capabilities, channels, simulated } = this.#device;
    const birth = JSON.stringify([kind, capabilities, channels, simulated]);
    const isNew = birth !== this.#said;
    this.#said = birth;
    if (isNew) this.#voice.sayBirth(this.#device, this.#journal.acknowledged);
    this.#voice.sayState(this.#stateWords(), isNew);
  }

  #stateWords(): StateWords {
    const { status, jobId, isHalting, isHaltOverdue } = this.#driver;
    const { state, control = "automatic", safety = "ok" } = status;
    const isBusy = jobId !== undefined || state === "busy";
    const isFault = isHaltOverdue || state === "unknown" || state === "fault";
    const operation = isFault ? "fault" : state === "held" ? "held" : isBusy ? "busy" : "idle";
    // `emergencyStopped` says that it has stopped (decision 120), not that it was told to.
    const latched = isHalting ? "interlocked" : "emergencyStopped";
    const isLatched = this.#journal.emergency !== undefined;
    return { operation, control, safety: isLatched ? latched : safety, jobId };
  }
}
