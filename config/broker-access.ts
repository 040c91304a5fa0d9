import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LabError } from "../src/core/errors.ts";
import { type Principal, RIGHTS, type Right } from "../src/domain/principal.ts";
import type { BrokerSettings } from "./broker-schema.ts";
import type { Configuration } from "./schema.ts";

/** How a program of ours presents itself to an external broker. */
export interface BrokerLogin {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: BrokerTls | undefined;
}

/** Contents of PEM files, and the name to look for in the broker's certificate. */
export interface BrokerTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

export interface BrokerUser {
  readonly name: string;
  readonly principal: Principal;
  /** Absent: known by its certificate. */
  readonly password: string | undefined;
}

/** The settings with their files' paths absolute: they are relative to the configuration's folder. */
export function resolveFiles(broker: BrokerSettings, folder: string): BrokerSettings {
  const at = <Name extends string>(name: Name, file: string | undefined) =>
    file === undefined ? {} : ({ [name]: resolve(folder, file) } as Record<Name, string>);
  return {
    ...broker,
    ...at("ca", broker.ca),
    ...at("cert", broker.cert),
    ...at("key", broker.key),
    users: broker.users.map((user) => ({ ...user, ...at("passwordFile", user.passwordFile) })),
  };
}

/** Name and password of the environment, certificates of the configuration's files. TL-1002 where one is unreadable. */
export function brokerLogin(
  { ca, cert, key, serverName }: Partial<BrokerSettings> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): BrokerLogin {
  const pem = (file: string | undefined) => (file === undefined ? undefined : readSecret(file));
  const tls = {
    ca: pem(ca ?? environment["TIELINE_BROKER_CA"]),
    cert: pem(cert ?? environment["TIELINE_BROKER_CERT"]),
    key: pem(key ?? environment["TIELINE_BROKER_KEY"]),
    servername: serverName,
  };
  const given = Object.fromEntries(Object.entries(tls).filter(([, part]) => part !== undefined));
  return {
    username: environment["TIELINE_BROKER_USERNAME"],
    password: environment["TIELINE_BROKER_PASSWORD"],
    tls: Object.keys(given).length === 0 ? undefined : given,
  };
}

/** Who may connect, with what they are known by. TL-1002 where a password's file is unreadable or empty. */
export function brokerUsers({ users }: Pick<BrokerSettings, "users">): BrokerUser[] {
  return users.map((user) => {
    const principal: Principal =
      user.is === "instrument"
        ? { kind: "instrument", instrumentIds: user.instruments ?? [user.name] }
        : { kind: "operator", may: user.may };
    const { name, passwordFile } = user;
    return { name, principal, password: passwordFile && secretOf(passwordFile) };
  });
}

/** A named operator, what he may do, and the key that he signs with. */
export interface Operator {
  readonly name: string;
  readonly may: readonly Right[];
  readonly key: string;
}

/**
 * The one list of operators: those of the configuration, and those of `TIELINE_OPERATORS=ada:key1,bob:key2`, who may do
 * everything. TL-1002 where a key's file is unreadable or empty.
 */
export function operatorsOf(
  { operators }: Pick<Configuration, "operators">,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Operator[] {
  const pairs = (environment["TIELINE_OPERATORS"] ?? "").split(",").filter((one) => one !== "");
  const named = pairs.map((pair): Operator => {
    const [name = "", ...key] = pair.split(":");
    return { name: name.trim(), may: RIGHTS, key: key.join(":").trim() };
  });
  const listed = operators.map(({ name, may, keyFile }) => ({ name, may, key: secretOf(keyFile) }));
  return [...named, ...listed];
}

/** The first line of a file; what an editor puts behind it is none of the secret. */
export function secretOf(file: string): string {
  const [line = ""] = readSecret(file).toString("utf8").split(/\r?\n/);
  if (line === "")
    throw new LabError("TL-1002", `${file} holds no secret: its first line is empty`);
  return line;
}

function readSecret(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new LabError("TL-1002", `${file} cannot be read (${why})`, { cause: error, exitCode: 2 });
  }
}
