import { expect, test } from "vitest";
import type { Gateway } from "../../adapters/gateway/index.ts";
import { stopTogether } from "../../src/cli/runner/stop-together.ts";

test("a gateway that fails at its stop ends no other's, and is told once all have ended", async () => {
  const said: string[] = [];
  let end = (): void => {};
  const slow = {
    stop: async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      said.push("slow");
    },
  };
  const broken = { stop: () => Promise.reject(new Error("its folder is gone")) };
  const stopped = stopTogether([broken, slow] as unknown as Gateway[]).catch((error: unknown) =>
    said.push(String(error)),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual([]);
  end();
  await stopped;
  expect(said).toEqual(["slow", "Error: its folder is gone"]);
});
