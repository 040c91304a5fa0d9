/**
 * How one instrument misbehaves. A share is the probability for each job, drawn from the seed and the job's name, so
 * that the same job misbehaves in the same way whenever it runs. Absent means never.
 */
export interface InstrumentFaults {
  /** The journal is lost at every restart of the controller: `reconcile` is answered with `unknown`. */
  readonly forgets?: boolean | undefined;
  /** Every answer leaves so much later, s of the laboratory's clock. */
  readonly answersLate_s?: number | undefined;
  /** Every message about a job is sent so many more times. */
  readonly repeats?: number | undefined;
  /** Share of start commands that are neither answered nor done. */
  readonly silent?: number | undefined;
  /** Share of start commands that are refused, with `retryable`. */
  readonly rejects?: number | undefined;
  /** Share of results whose first sending is malformed or impossible; the true one follows when it is resent. */
  readonly nonsense?: number | undefined;
  /** Share of results whose first sending states a unit that does not exist. */
  readonly wrongUnit?: number | undefined;
  /** Share of jobs during which the controller dies; it is back after `disappearsFor_s` with a new `bootId`. */
  readonly disappears?: number | undefined;
  readonly disappearsFor_s?: number | undefined;
  /** Share of jobs that spoil the sample: the job fails (robot, furnace) or the result is a `failure` (measurements). */
  readonly sampleFails?: number | undefined;
  /** Obeys every command that it has not had and that has not expired: no limits, no epochs, no stop, nothing of its own. */
  readonly gullible?: boolean | undefined;
}

/** Honest imperfections of a real laboratory, as standard deviations; 0 or absent means none. */
export interface LaboratoryNoise {
  /** Of each mole fraction that the robot weighs in; the result's `actual` tells what it became. */
  readonly composition_molFraction?: number | undefined;
  /** Of each mole fraction of a phase that the diffractometer reports (clipped, renormalised). */
  readonly phaseComposition_molFraction?: number | undefined;
  /** Share of measurements that cannot tell the phases' compositions. */
  readonly missingCompositions?: number | undefined;
  /** Of a measured objective or curve, in its own unit. */
  readonly measurement?: number | undefined;
}

/** What goes wrong between the clients and the broker, and with the daemon; virtual laboratory only. */
export interface NetworkFaults {
  /** Share of QoS 1 deliveries that arrive twice. */
  readonly duplicates?: number | undefined;
  /** Mean time between cuts of one instrument's cable, s. */
  readonly cutEvery_s?: number | undefined;
  readonly cutFor_s?: number | undefined;
  /** Mean time between kills of the daemon, s; the run's owner starts it again. */
  readonly killEvery_s?: number | undefined;
}

/** Everything that goes wrong in one run. */
export interface FaultPlan {
  readonly instruments: Readonly<Record<string, InstrumentFaults>>;
  readonly network: NetworkFaults;
}

export const NO_FAULTS: FaultPlan = { instruments: {}, network: {} };
