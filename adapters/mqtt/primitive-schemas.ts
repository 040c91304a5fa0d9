import { z } from "zod";
import { IDENTIFIER } from "../../src/domain/identifiers.ts";

/**
 * The building blocks of every message. What a JSON Schema can't say (known units, equal lengths, topic and payload in
 * agreement) is checked in consistency.ts. Patterns count code points (`u`), as JSON Schema does, so that the published
 * schemas and these accept exactly the same.
 */
export const identifier = z.string().regex(IDENTIFIER).meta({ description: "An identifier." });

/** Characters of free text that a message may carry: enough for a sentence, not for a file. */
const TEXT_CHARACTERS_MAX = 2000;
const NAME_CHARACTERS_MAX = 128;
const PHASE_CHARACTERS_MAX = 64;

export const text = z.string().regex(new RegExp(`^[\\s\\S]{0,${TEXT_CHARACTERS_MAX}}$`, "u"));
export const name = z
  .string()
  .regex(new RegExp(`^[^\\u0000-\\u001f]{1,${NAME_CHARACTERS_MAX}}$`, "u"));
/** `+` joins the names of a set of phases, so no phase may have it in its own. */
const phasePattern = `^[^+\\u0000-\\u001f]{1,${PHASE_CHARACTERS_MAX}}$`;
export const phaseName = z.string().regex(new RegExp(phasePattern, "u"));
export const unit = z
  .string()
  .regex(/^[!-~]{1,64}$/)
  .meta({ description: "A UCUM code, e.g. K, Cel, %/h, J/(mol.K); an unknown one is refused." });

/** A JSON number: never null, NaN or an infinity. */
export const finite = z.number();
export const fraction = z.number().min(0).max(1);
export const nonNegative = z.number().min(0);
export const count = z.int().min(0);
export const ordinal = z.int().min(1);

/** A set point or a measured value: a number in the unit that the birth message declares, or text. */
const parameterValue = z.union([finite, text]);
export const parameters = z.record(name, parameterValue);

/** RFC 3339 in UTC. */
export const utcTime = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|\+00:00)$/,
  )
  .meta({ description: "RFC 3339, UTC." });

export const dataReference = z.object({
  uri: z.string().regex(/^[!-~]{1,2048}$/),
  sha256: z.string().regex(/^[0-9a-fA-F]{64}$/),
  bytes: count,
});

/** Who speaks: the `source` of the CloudEvents envelope. */
const source = z.string().regex(/^(instrument|agent|operator)\/[A-Za-z0-9._-]{1,64}$/);

/** CloudEvents 1.0, structured mode. Further attributes are allowed and ignored. */
export const envelope = z.object({
  specversion: z.literal("1.0"),
  id: z
    .string()
    .regex(/^[ -~]{1,256}$/)
    .meta({ description: "Unique per source; a resent message keeps it." }),
  source,
  type: z.string().regex(/^[!-~]{1,128}$/),
  time: utcTime,
  data: z.record(z.string(), z.unknown()),
  /** Of an operator's command, where the laboratory asks for one: see docs/security.md. */
  signature: z.string().max(200).optional(),
});

export type Envelope = z.infer<typeof envelope>;
