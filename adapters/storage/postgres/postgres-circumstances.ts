/** Where a connection has come to, and what it was told about itself. */
export interface Circumstances {
  readonly standby: boolean;
  /** Whether statements may change anything. */
  readonly readOnly: boolean;
  /** Whether the database's own text is Unicode; otherwise only ASCII is sure to be kept. */
  readonly isUnicode: boolean;
  /**
   * A pooler (PgBouncer and the like) answered instead of the server: perhaps each transaction goes by another connection, so that
   * neither prepared statements nor locks or settings of a session can be relied on.
   */
  readonly isPooled: boolean;
  /** `synchronous_commit` as it holds from here on. */
  readonly commits: string;
}

/**
 * Timeouts of a site's for other people's statements: ours are awaited for as long as `answer_s` says. The server is to wait no longer for a lock: where
 * a commit waits for the database's standby, whatever is tried behind it waits for its lock, and would go on to when nobody waits for the answer any more,
 * each try with a connection of its own, until the server takes no more from anybody.
 */
const TIMEOUTS = [
  "statement_timeout",
  "transaction_timeout",
  "idle_session_timeout",
  "idle_in_transaction_session_timeout",
];

/**
 * Looks round and, where the connection is to the server itself, arranges it: a database or an account whose commits are told before they are on the
 * disk, or before the standby has them, keeps no promise of a log's; on our connections they are waited for, and the site's timeouts are off.
 * A server says the number of its process at the start; who says another one is a pooler. `processId` is that first number, `answer_ms` how long
 * an answer is waited for.
 */
export function lookRound(processId: number, answer_ms: number): string {
  const isOwn = `pg_backend_pid() = ${Math.trunc(processId)}`;
  const timeouts = TIMEOUTS.map((name) => `'${name}'`).join(", ");
  return `
    select pg_is_in_recovery() as standby,
      current_setting('transaction_read_only') = 'on' as "readOnly",
      current_setting('server_encoding') in ('UTF8', 'SQL_ASCII') as "isUnicode",
      not ${isOwn} as "isPooled",
      case when ${isOwn} and current_setting('synchronous_commit') in ('off', 'local')
        then set_config('synchronous_commit', 'on', false) else current_setting('synchronous_commit')
      end as commits,
      (select count(set_config(name, '0', false)) from pg_catalog.pg_settings
        where ${isOwn} and name in (${timeouts}) and setting <> '0') as timeouts,
      case when ${isOwn} then set_config('lock_timeout', '${Math.ceil(answer_ms)}', false) end as locks`;
}

/** Why nothing can be written here; undefined where it can. */
export function whyNotWritable(there: Circumstances): string | undefined {
  if (there.standby) return "is a standby";
  if (there.readOnly) return "is read-only (default_transaction_read_only)";
  if (there.isPooled && ["off", "local"].includes(there.commits))
    return `is behind a pooler, and commits are not waited for: alter role ... set synchronous_commit = on (it is ${there.commits})`;
  return undefined;
}
