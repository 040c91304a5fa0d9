import { z } from "zod";
import { IDENTIFIER } from "../src/domain/identifiers.ts";
import { RIGHTS } from "../src/domain/principal.ts";

const name = z.string().regex(IDENTIFIER, "write letters, digits, ., _ and -");
const port = z.number().int().min(0).max(65535);
/** Relative to the configuration's file. Secrets stand in files of their own, never in the configuration. */
const file = z.string().min(1);

/** A client of the broker: the name that it logs in with (or its certificate's), and who it then is. */
const userSchema = z.discriminatedUnion("is", [
  z.strictObject({
    name,
    is: z.literal("instrument"),
    /** As which instruments it writes; absent: the one of its own name. */
    instruments: z.array(name).min(1).max(100).optional(),
    passwordFile: file.optional(),
  }),
  z.strictObject({
    name,
    is: z.literal("operator"),
    may: z.array(z.enum(RIGHTS)).min(1),
    passwordFile: file.optional(),
  }),
]);

export const brokerSchema = z
  .strictObject({
    /** External broker, e.g. mqtt://localhost:1883; absent means the broker inside the daemon. */
    url: z
      .string()
      .regex(/^(mqtts?|wss?|tcp):\/\//, "write mqtt://host:port, mqtts://, ws:// or wss://")
      .optional(),
    host: z.string().default("127.0.0.1"),
    port: port.default(1883),
    webSocketPort: port.optional(),
    /** Web pages that may use the WebSocket port, e.g. https://panel.lab; programs that are no browser need none. */
    origins: z.array(z.url()).max(32).default([]),
    /** Names under which the WebSocket port may be reached, besides addresses and localhost. */
    allowedHosts: z.array(z.string().min(1).max(253).toLowerCase()).max(100).default([]),
    /** The laboratory's own certificate authority, PEM. */
    ca: file.optional(),
    /** Certificate and key of this daemon, PEM, for brokers that ask for one (mTLS). */
    cert: file.optional(),
    key: file.optional(),
    /** Name in the broker's certificate, where it is reached under another. */
    serverName: z.string().min(1).optional(),
    /** MQTT version; absent: 5, and 3.1.1 where the broker speaks no other. */
    protocol: z.union([z.literal(4), z.literal(5)], "write 4 (MQTT 3.1.1) or 5").optional(),
    /** Who may connect. Of the broker inside the daemon: nobody else; of Mosquitto: what tieline acl writes. */
    users: z.array(userSchema).max(500).default([]),
  })
  .superRefine((broker, context) => {
    const issue = (key: string, message: string): void =>
      context.addIssue({ code: "custom", path: [key], message });
    if ((broker.cert === undefined) !== (broker.key === undefined))
      issue("cert", "cert and key belong together");
    if (new Set(broker.users.map((one) => one.name)).size < broker.users.length)
      issue("users", "two users have one name");
    if (broker.url !== undefined) return;
    if (!isLoopback(broker.host) && broker.users.length === 0)
      issue(
        "host",
        `anybody who reaches ${broker.host} could command instruments; name broker.users with a passwordFile each, or listen on 127.0.0.1`,
      );
    for (const [k, user] of broker.users.entries())
      if (user.passwordFile === undefined)
        context.addIssue({
          code: "custom",
          path: ["users", k, "passwordFile"],
          message: "the broker inside the daemon knows people and instruments by passwords only",
        });
  })
  .prefault({});

export type BrokerSettings = z.infer<typeof brokerSchema>;

/** Whether only this machine reaches an address. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Whose commands count, on the page, the command line and MQTT; none: everybody is taken at his word. */
export const operatorsSchema = z
  .array(
    z.strictObject({
      name,
      may: z.array(z.enum(RIGHTS)).min(1),
      /** Holds the key that commands are signed with, and that the page asks for. */
      keyFile: file,
    }),
  )
  .max(200)
  .refine((all) => new Set(all.map((one) => one.name)).size === all.length, "two have one name")
  .default([]);
