import { hostname } from "node:os";
import type { EventLogBackend, OpenRequest } from "../event-log-backend.ts";
import { connectPostgres } from "./postgres-connect.ts";
import { openPostgresEventLog, type PostgresLogOptions } from "./postgres-event-log.ts";
import { handOver } from "./postgres-handover.ts";
import { notReached } from "./postgres-hold.ts";
import { readPostgresAddress } from "./postgres-place.ts";
import { standByPostgresLog } from "./postgres-standby.ts";
import { statementsOf } from "./postgres-statements.ts";

/** The log as a table of a PostgreSQL server, which may have a synchronous standby. */
export const postgresBackend: EventLogBackend = {
  scheme: "postgres",
  form: "postgres://USER@HOST[,HOST2]/DATABASE",
  words: "in a PostgreSQL database, with its standby where it has one",
  exists: async (address) => {
    const place = readPostgresAddress(address);
    const session = await connectPostgres(place, false).catch((error: unknown) => {
      throw notReached(error);
    });
    try {
      const { rows } = await session.query<{ there: boolean }>(statementsOf(place.schema).exists);
      return rows[0]?.there === true;
    } finally {
      await session.end();
    }
  },
  open: (request) => openPostgresEventLog(optionsOf(request)),
  handOver: (address, by) => handOver(readPostgresAddress(address), by),
  standBy: (request) => standByPostgresLog(optionsOf(request)),
};

function optionsOf({ address, page, ...request }: OpenRequest): PostgresLogOptions {
  const node = `process ${process.pid} on ${hostname()}`;
  return { ...request, place: readPostgresAddress(address), node, page: page ?? (() => undefined) };
}
