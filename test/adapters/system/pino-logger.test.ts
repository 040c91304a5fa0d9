import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { createPinoLogger } from "../../../adapters/system/pino-logger.ts";

test.skipIf(!existsSync("/dev/full"))(
  "a log that nobody takes fails none of those who write to it",
  () => {
    const logger = createPinoLogger({ level: "info", to: "/dev/full" });
    for (let k = 0; k < 3; k++) expect(() => logger.error({ k }, "something.failed")).not.toThrow();
  },
);
