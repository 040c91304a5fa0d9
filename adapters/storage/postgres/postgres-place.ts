import { LabError } from "../../../src/core/errors.ts";

/** Where a log in PostgreSQL is, as its address says. */
export interface PostgresPlace {
  /** Servers that are tried in turn; the one that takes writes is used. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The schema that holds the log's two tables. */
  readonly schema: string;
  /** A holder that has not renewed its lease for so long may be replaced, ms. */
  readonly lease_ms: number;
  /** Longest wait for a server that takes the events, from the first try on, ms. */
  readonly patience_ms: number;
  /** Longest wait for one answer before the connection is given up, ms. */
  readonly answer_ms: number;
  /** Whether the connection is encrypted; then the server's certificate is looked at, by the machine's authorities or this one. */
  readonly ssl: boolean | { readonly authority: string };
}

const ADDRESS = /^postgres:\/\/(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
const PORT = 5432;
const OPTIONS = ["host", "schema", "lease_s", "patience_s", "answer_s", "sslmode", "sslrootcert"];

/**
 * Reads `postgres://user@host1:5432,host2/database?schema=tieline&lease_s=10&patience_s=60`. A password is better given by
 * PGPASSWORD or a .pgpass file. `host=/folder` names the folder of a socket. TL-4001 where it cannot be read.
 */
export function readPostgresAddress(address: string): PostgresPlace {
  const match = ADDRESS.exec(address);
  if (match === null) throw unreadable("it is not of the form postgres://user@host/database");
  const [, account = "", servers = "", database = "", query = ""] = match;
  const options = new URLSearchParams(query);
  for (const name of options.keys())
    if (!OPTIONS.includes(name)) throw unreadable(`there is no option ${name}`);
  const [user = "", password] = account.split(":").map(decodeURIComponent);
  const schema = options.get("schema") ?? "tieline";
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw unreadable(`schema=${schema} is not a plain name in lower case`);
  const answer_ms = seconds(options, "answer_s", 30);
  return {
    hosts: hostsOf(servers, options.get("host")),
    database: decodeURIComponent(database) || "tieline",
    user: user === "" ? undefined : user,
    password,
    schema,
    lease_ms: seconds(options, "lease_s", 10),
    patience_ms: seconds(options, "patience_s", 60),
    answer_ms,
    ssl: encryptionOf(options.get("sslmode"), options.get("sslrootcert")),
  };
}

/** A commit that waits for the database's standby takes so long on a busy machine. */
const ANSWER_ms_min = 3000;

/** The same, with answers that are waited for no longer than `wait_ms`, but for as long as a commit takes on a busy machine. */
export function withAnswersWithin(place: PostgresPlace, wait_ms: number): PostgresPlace {
  return { ...place, answer_ms: Math.min(place.answer_ms, Math.max(ANSWER_ms_min, wait_ms)) };
}

const ENCRYPTED = ["require", "verify-ca", "verify-full"];

function encryptionOf(mode: string | null, authority: string | null): PostgresPlace["ssl"] {
  if (mode !== null && mode !== "disable" && !ENCRYPTED.includes(mode))
    throw unreadable(`sslmode=${mode} is not disable, ${ENCRYPTED.join(", ")}`);
  if (mode === "disable") return false;
  return authority === null ? mode !== null : { authority };
}

function hostsOf(servers: string, folder: string | null): PostgresPlace["hosts"] {
  return servers.split(",").map((server) => {
    const [, host = "", port] = /^(.*?)(?::(\d+))?$/.exec(server) ?? [];
    return {
      host: host === "" ? (folder ?? "127.0.0.1") : decodeURIComponent(host),
      port: port === undefined ? PORT : Number(port),
    };
  });
}

function seconds(options: URLSearchParams, name: string, usual_s: number): number {
  const value = Number(options.get(name) ?? usual_s);
  if (value > 0 && Number.isFinite(value)) return value * 1000;
  throw unreadable(`${name}=${options.get(name)} is not a number of seconds`);
}

function unreadable(why: string): LabError {
  return new LabError("TL-4001", `The address of the PostgreSQL log cannot be read: ${why}`, {
    hint: `Write postgres://user@host1,host2/database?schema=tieline; options: ${OPTIONS.join(", ")}.`,
    exitCode: 2,
  });
}
