import { unreachable } from "../../src/core/assert.ts";
import { toRfc3339 } from "../../src/core/clock.ts";
import {
  type AgentIdentity,
  leftOf_ms,
  ownStopId,
  type WireCodec,
} from "../../src/events/codec.ts";
import type { WireCommand } from "../../src/events/lab-command.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { MessageData } from "./contract.ts";
import { decode } from "./decode.ts";
import { writeMessage } from "./envelope.ts";

/** Which laboratory this is; topics of other sites on the same broker are ignored. */
export interface WireCodecOptions {
  readonly site: string;
}

/** The wire contract, version 1: bytes to facts, commands to bytes. Stateless and pure. */
export function createWireCodec(options: WireCodecOptions): WireCodec {
  return {
    decode: (topic, payload, retained) => decode(options.site, topic, payload, retained),
    encode,
  };
}

/**
 * How long hold, resume, cancel and reconcile may be obeyed: what the daemon still wants after that, it says again. A
 * command that an instrument's session had kept for hours must not resume what a person has held since.
 */
const CONTROL_VALIDITY_s = 30;

function controlValidity(time_ms: number) {
  return {
    notAfter: toRfc3339(time_ms + CONTROL_VALIDITY_s * 1000),
    validFor_s: CONTROL_VALIDITY_s,
  };
}

/** As long as the contract lets a text be. */
const REASON_CHARACTERS_MAX = 2000;

const CONTROL = { hold: "jobHold", resume: "jobResume", cancel: "jobCancel" } as const;

function encode(command: WireCommand, agent: AgentIdentity, time_ms: number): OutgoingMessage {
  const from = { site: agent.site, source: `agent/${agent.agentId}`, time_ms };
  switch (command.type) {
    case "startJob":
      return encodeStart(command, agent, time_ms);
    case "controlJob": {
      const { commandId, jobId } = command;
      return writeMessage({
        ...from,
        name: CONTROL[command.action],
        ids: { instrumentId: command.instrumentId },
        id: commandId,
        data: { commandId, jobId, epoch: agent.epoch, ...controlValidity(time_ms) },
        expiry_s: CONTROL_VALIDITY_s,
      });
    }
    case "reconcileJobs": {
      const { commandId, jobIds } = command;
      return writeMessage({
        ...from,
        name: "jobReconcile",
        ids: { instrumentId: command.instrumentId },
        id: commandId,
        data: { commandId, jobIds: [...jobIds], epoch: agent.epoch, ...controlValidity(time_ms) },
        expiry_s: CONTROL_VALIDITY_s,
      });
    }
    case "acknowledgeResult": {
      const { instrumentId, jobId, attempt, position } = command;
      return writeMessage({
        ...from,
        name: "jobAck",
        ids: { instrumentId, jobId },
        id: `ack.${jobId}.${attempt}.${position}`,
        data: { jobId, attempt, position },
      });
    }
    case "replyToOperator": {
      const { commandId, accepted, reason, candidateIds, campaignId } = command;
      return writeMessage({
        ...from,
        name: "campaignReply",
        ids: { campaignId },
        id: `reply.${commandId}`,
        data: {
          commandId,
          accepted,
          ...(reason === undefined ? {} : { reason: reason.slice(0, REASON_CHARACTERS_MAX) }),
          ...(candidateIds === undefined ? {} : { candidateIds: [...candidateIds] }),
        },
      });
    }
    case "announceStop": {
      const { active, by, reason, position } = command;
      return writeMessage({
        ...from,
        name: "emergencyStop",
        ids: {},
        id: ownStopId(agent.epoch, position, time_ms),
        data: { active, by, reason },
      });
    }
    default:
      return unreachable(command);
  }
}

function encodeStart(
  command: Extract<WireCommand, { type: "startJob" }>,
  agent: AgentIdentity,
  time_ms: number,
): OutgoingMessage {
  const { sampleIds, parametersBySample, earlier } = command;
  const left_ms = Math.max(0, leftOf_ms(command, time_ms));
  return writeMessage({
    name: "jobStart",
    site: agent.site,
    source: `agent/${agent.agentId}`,
    time_ms,
    ids: { instrumentId: command.instrumentId },
    id: command.commandId,
    data: {
      commandId: command.commandId,
      jobId: command.jobId,
      attempt: command.attempt,
      campaignId: command.campaignId,
      epoch: agent.epoch,
      notAfter: toRfc3339(time_ms + left_ms),
      validFor_s: left_ms / 1000,
      capability: command.capability,
      parameters: { ...command.parameters },
      ...(sampleIds.length === 0 ? {} : { sampleIds: [...sampleIds] }),
      ...(parametersBySample === undefined
        ? {}
        : { parametersBySample: { ...parametersBySample } }),
      ...(earlier === undefined ? {} : { earlier: earlier as MessageData<"jobStart">["earlier"] }),
    },
    // A broker that can drops the command when it may no longer be obeyed; the instrument checks notAfter in any case.
    expiry_s: Math.max(1, Math.ceil(left_ms / 1000)),
  });
}
