import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../../src/domain/principal.ts";

/** Somebody who may connect, and what he is then. */
export interface KnownUser {
  readonly name: string;
  readonly principal: Principal;
  readonly password: string | undefined;
}

/** Which principal each connection of the broker is. */
export interface KnownClients {
  /** False where name or password is wrong; where there are no users nobody is asked. */
  admit(client: object, username: string | undefined, password: Buffer | undefined): boolean;
  principalOf(client: object): Principal;
  /** The name that a connection logged in with; `undefined` where nobody is asked. */
  nameOf(client: object): string | undefined;
}

const ANYONE: Principal = { kind: "anyone" };
/** Of a connection that has not been admitted: may say nothing. */
const NOBODY: Principal = { kind: "operator", may: [] };

export function createKnownClients(users: readonly KnownUser[]): KnownClients {
  const byName = new Map(users.map((user) => [user.name, user]));
  const principals = new WeakMap<object, Principal>();
  const names = new WeakMap<object, string>();
  return {
    admit: (client, username = "", password = Buffer.alloc(0)) => {
      const user = byName.get(username);
      if (users.length > 0 && !isRight(user?.password, password)) return false;
      if (user !== undefined) names.set(client, user.name);
      principals.set(client, user?.principal ?? ANYONE);
      return true;
    },
    nameOf: (client) => names.get(client),
    principalOf: (client) => principals.get(client) ?? (users.length > 0 ? NOBODY : ANYONE),
  };
}

/** Compared by digests, in a time that tells nothing of either. */
function isRight(expected: string | undefined, given: Buffer): boolean {
  const digest = (text: string | Buffer): Buffer => createHash("sha256").update(text).digest();
  const isSame = timingSafeEqual(digest(expected ?? ""), digest(given));
  return isSame && expected !== undefined && expected !== "";
}

/**
 * Whether a WebSocket may be opened. A browser says which page it acts for (Origin) and under which name it came (Host):
 * a foreign page could otherwise clear a stop through its visitor, also by pointing its own name at this machine.
 */
export function isWelcome(
  { origin, host = "" }: IncomingHttpHeaders,
  {
    origins = [],
    allowedHosts = [],
  }: {
    readonly origins?: readonly string[] | undefined;
    readonly allowedHosts?: readonly string[] | undefined;
  },
): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  const isAddress = /^[\d.]+$/.test(name) || name.startsWith("[");
  if (!isAddress && name !== "localhost" && !allowedHosts.includes(name)) return false;
  return origin === undefined || origins.some((one) => isSameOrigin(one, origin));
}

function isSameOrigin(allowed: string, origin: string): boolean {
  return URL.canParse(origin) && new URL(allowed).origin === new URL(origin).origin;
}
