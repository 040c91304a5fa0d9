import { pbkdf2Sync, randomBytes } from "node:crypto";
import type { Principal } from "../../src/domain/principal.ts";
import { writableFilters } from "./access.ts";
import { TOPIC_ROOT } from "./topics.ts";

/** Somebody who may connect to a Mosquitto; without a password he is known by his certificate. */
export interface MosquittoUser {
  readonly name: string;
  readonly principal: Principal;
  readonly password?: string | undefined;
}

/** Mosquitto 2's own number of rounds for a password. */
const ROUNDS = 101;
const SALT_BYTES = 12;
const HASH_BYTES = 64;

/**
 * Mosquitto's ACL file: each user reads the site and writes what the contract lets him write; nobody else reads or writes
 * anything. Users are in the order given.
 */
export function mosquittoAcl(site: string, users: readonly MosquittoUser[]): string {
  const blocks = users.map(({ name, principal }) =>
    [
      `user ${name}`,
      `topic read ${TOPIC_ROOT}/${site}/#`,
      ...writableFilters(site, principal).map((filter) => `topic write ${filter}`),
    ].join("\n"),
  );
  const head =
    "# Written by tieline acl from broker.users; written anew it loses what is edited here.";
  return `${[head, ...blocks].join("\n\n")}\n`;
}

/** Mosquitto's password file: PBKDF2 with SHA-512, a salt each; users that are known by certificates have no line. */
export function mosquittoPasswords(users: readonly MosquittoUser[]): string {
  return users
    .flatMap(({ name, password }) => (password === undefined ? [] : [passwordLine(name, password)]))
    .join("");
}

function passwordLine(name: string, password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const hash = pbkdf2Sync(password, salt, ROUNDS, HASH_BYTES, "sha512");
  return `${name}:$7$${ROUNDS}$${salt.toString("base64")}$${hash.toString("base64")}\n`;
}

/** What belongs into `mosquitto.conf` beside the laboratory's own listener and certificates. */
export function mosquittoSettings(identity: "name" | "certificate", folder: string): string {
  return [
    "# Written by tieline acl: put this into mosquitto.conf, behind a listener with cafile, certfile and keyfile.",
    "allow_anonymous false",
    ...(identity === "certificate"
      ? ["require_certificate true", "use_identity_as_username true"]
      : [`password_file ${folder}/mosquitto.passwords`]),
    `acl_file ${folder}/mosquitto.acl`,
    // Nagle's algorithm off: a command right after a PUBACK would leave 40 ms later.
    "set_tcp_nodelay true",
    "",
  ].join("\n");
}
