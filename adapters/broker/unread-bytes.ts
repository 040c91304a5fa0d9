import type { Duplex } from "node:stream";

/** What may wait for one client: 64 messages of the contract's greatest size. Clients share the bytes of a payload. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Makes a connection take whatever is written to it without asking to wait, and end once more than `UNREAD_BYTES_MAX` lie
 * unread. The broker's library waits for each subscriber of a message, for up to 60 s, and takes up at most 100 messages
 * at a time: one laptop that has gone to sleep would hold up everybody's, an emergency stop too. What such a client has
 * subscribed to with QoS 1 in a kept session is sent again when it is back.
 */
export function withoutWaiting<Connection extends Duplex>(
  connection: Connection,
  onTooMuch: (bytes: number) => void,
): Connection {
  const write = connection.write.bind(connection) as (...what: unknown[]) => boolean;
  connection.write = (...what: unknown[]): boolean => {
    write(...what);
    const bytes = connection.writableLength;
    if (bytes > UNREAD_BYTES_MAX && !connection.destroyed) {
      onTooMuch(bytes);
      connection.destroy();
    }
    return true;
  };
  return connection;
}
