/** What one server said instead of taking the log: its words, and the code where there was one (SQLSTATE, or the system's). */
export interface Refusal {
  readonly server: string;
  readonly why: string;
  readonly code: string | undefined;
}

/** Servers were reached, but none that does what is wanted, or none at all. */
export class NoServer extends Error {
  readonly codes: readonly string[];

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ server, why }) => `${server}${why}`).join("; "));
    this.codes = refusals.flatMap(({ code }) => code ?? []);
  }
}

/** Not the server's: it was reached and is of no use. */
export const NOT_WRITABLE = "not writable";

const TLS =
  "The server's certificate is of an authority that this machine does not know: name it, ?sslmode=require&sslrootcert=/path/ca.pem.";
const HINTS: Readonly<Record<string, string>> = {
  [NOT_WRITABLE]: "Name the server that takes writes too: postgres://user@host1,host2/database.",
  "28000":
    "The server's pg_hba.conf does not let this account in by this way; where it asks for TLS, add ?sslmode=require to the address.",
  "28P01": "The password is another one: PGPASSWORD or a .pgpass file gives it.",
  "3D000": "Make the database first: create database NAME encoding 'UTF8' template template0.",
  "42501":
    "Let the account make the log's schema (create schema tieline authorization ACCOUNT), or give it that schema and its tables.",
  "53300":
    "A daemon needs one connection, and each export or report that is read meanwhile one more: raise max_connections or the account's connection limit.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "The server's certificate is not for the host name in the address: write the name that it is for.",
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
};

/** What to do about it, by the codes of what was said; of several servers, the first that is no mere absence. */
export function hintOf(error: unknown): string {
  const codes = error instanceof NoServer ? error.codes : [codeOf(error) ?? ""];
  const known = codes.flatMap((code) => HINTS[code] ?? [])[0];
  return (
    known ??
    "Check the address, the account (its password by PGPASSWORD or .pgpass) and that the server runs."
  );
}

export function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | undefined)?.code;
}
