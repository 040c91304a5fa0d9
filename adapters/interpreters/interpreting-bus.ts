import type { Logger } from "../../src/core/logger.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { IncomingMessage, MessageBus } from "../../src/events/message-bus.ts";
import type { TrajectoryClassifier } from "./trajectory-classifier.ts";

/** The structure model of a job's campaign; `undefined` where its trajectories are not to be classified. */
export type ModelOfJob = (
  jobId: string,
) => { readonly model: string; readonly fraction_min?: number | undefined } | undefined;

/**
 * A bus that turns trajectories into phases on their way in: a result that brings a trajectory and no phases gets the
 * phases observation beside it before anything is logged, so that the log holds both and a replay needs no trajectory. A
 * daemon that dies in between has lost nothing: the runner says its result until it is acknowledged, and the same
 * trajectory gives the same phases. Where it cannot be classified the result says so as a failure.
 */
export function createClassifyingBus(
  bus: MessageBus,
  classifier: TrajectoryClassifier,
  modelOf: ModelOfJob,
  logger: Logger,
): MessageBus {
  return {
    publish: (message) => bus.publish(message),
    stop: async () => {
      await bus.stop();
      await classifier.stop();
    },
    start: (handlers) =>
      bus.start({
        ...handlers,
        onMessage: async (message) =>
          handlers.onMessage(await classified(message, classifier, modelOf, logger)),
      }),
  };
}

async function classified(
  message: IncomingMessage,
  classifier: TrajectoryClassifier,
  modelOf: ModelOfJob,
  logger: Logger,
): Promise<IncomingMessage> {
  const jobId = /\/job\/([^/]+)\/result$/.exec(message.topic)?.[1];
  const settings = jobId === undefined ? undefined : modelOf(jobId);
  if (settings === undefined) return message;
  const envelope = parse(message.payload);
  const observations = envelope?.data?.observations;
  // What is no result of the contract is judged, and kept in quarantine, by the decoder.
  if (envelope === undefined || !Array.isArray(observations)) return message;
  const trajectory = observations.find((one) => one?.kind === "trajectory");
  if (trajectory?.kind !== "trajectory" || observations.some((one) => one?.kind === "phases"))
    return message;
  const added = await classifier
    .classify({ frames: trajectory.frames, ...settings })
    .catch((error: unknown): Observation => {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ jobId, reason }, "trajectory.notClassified");
      return { kind: "failure", reason: `The trajectory cannot be classified: ${reason}` };
    });
  const data = { ...envelope.data, observations: [...observations, added] };
  return { ...message, payload: Buffer.from(JSON.stringify({ ...envelope, data })) };
}

interface ResultEnvelope {
  readonly data?: { readonly observations?: readonly Observation[] };
}

function parse(payload: Uint8Array): ResultEnvelope | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as ResultEnvelope) : undefined;
  } catch {
    return undefined;
  }
}
