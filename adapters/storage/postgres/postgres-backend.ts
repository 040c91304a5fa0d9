import { hostname } from "node:os";
import type { EventLogBackend } from "../event-log-backend.ts";
import { openPostgresEventLog } from "./postgres-event-log.ts";
import { notReached } from "./postgres-hold.ts";
import { readPostgresAddress } from "./postgres-place.ts";
import { connectPostgres } from "./postgres-session.ts";
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
  open: ({ address, logger, readOnly, known, acceptLoss }) =>
    openPostgresEventLog({
      place: readPostgresAddress(address),
      logger,
      readOnly,
      known,
      acceptLoss,
      holder: `process ${process.pid} on ${hostname()}`,
    }),
};
