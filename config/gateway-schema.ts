import { z } from "zod";
import { IDENTIFIER } from "../src/domain/identifiers.ts";

const id = z.string().regex(IDENTIFIER);
const poll_ms = z.number().int().min(10).max(3_600_000).optional();
/** A device that does not answer for so long has lost its job. */
const silence_s = z.number().min(1).max(604_800).default(900);
const at = z
  .string()
  .regex(
    /^((rtu\+)?tcp:\/\/[^/?#]+|serial:\/\/\/[^?#]+(\?[^#]*)?)$/,
    "write tcp://host:port, rtu+tcp://host:port or serial:///dev/NAME?baud=9600",
  );

/** One device behind a gateway of this process, by the definition of its model. */
export const gatewaySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...{ id, kind: z.literal("modbus"), at, poll_ms, silence_s },
    /** A file, relative to this one, or the name of a map that ships with Tieline: eurotherm-2400. */
    map: z.string().min(1),
    unit: z.number().int().min(0).max(255).default(1),
  }),
]);

export type GatewayEntry = z.output<typeof gatewaySchema>;
