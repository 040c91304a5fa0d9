import { expect, test } from "vitest";
import { createPinoLogger } from "../../../adapters/system/pino-logger.ts";
import { FULL_DISK, hasFullDisk } from "../../support/full-disk.ts";

test.runIf(hasFullDisk)("a log that nobody takes fails none of those who write to it", () => {
  const logger = createPinoLogger({ level: "info", to: FULL_DISK });
  for (let k = 0; k < 3; k++) expect(() => logger.error({ k }, "something.failed")).not.toThrow();
});
