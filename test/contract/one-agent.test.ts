import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { LabError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createDaemon } from "../../src/daemon.ts";
import { until } from "./listener.ts";
import { mosquittoIsThere } from "./mosquitto.ts";
import { cleanUp, makeFolder, makeMosquitto, startDaemon } from "./running-daemon.ts";

describe.skipIf(!mosquittoIsThere())("at one broker", () => {
  test("of two daemons under one name at a broker one ends with a code, the other goes on", {
    timeout: 40_000,
  }, async () => {
    const { broker } = await makeMosquitto();
    const start = async (): Promise<unknown[]> => {
      const folder = makeFolder();
      const file = join(folder, "config.yaml");
      writeFileSync(file, `version: 1\nbroker: ${broker}\n`);
      const ends: unknown[] = [];
      const daemon = await createDaemon({
        configuration: loadConfiguration(file).configuration,
        campaigns: [],
        log: join(folder, "log"),
        logger: silentLogger,
        onFatal: (error) => ends.push(error),
      });
      cleanUp.push(() => daemon.stop());
      await daemon.start();
      return ends;
    };
    const first = await start();
    const second = await start();
    await until(() => first.length + second.length > 0, "the end of one", 20_000);
    const [error] = [...first, ...second];
    expect(error).toBeInstanceOf(LabError);
    expect((error as LabError).code).toBe("TL-2007");
    // Longer than the first pauses of a client that connects again.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(first.length + second.length).toBe(1);
  });
});

test("a second daemon under the name of the one whose broker it wants ends with a code before it plans", async () => {
  const first = await startDaemon({ broker: "{ port: 0 }" });
  for (const protocol of ["", ", protocol: 4"]) {
    const second = startDaemon({ broker: `{ url: "${first.brokerUrl}"${protocol} }` });
    await expect(second).rejects.toMatchObject({ code: "TL-2007" });
  }
});
