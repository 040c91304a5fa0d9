import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SITE } from "../../contract/brokers.ts";
import { complaintsOf, hasChromium, launchChromium } from "../../support/chromium.ts";
import { type DaemonProcess, startDaemonProcess } from "../../support/daemon-process.ts";
import { freePort } from "../../support/free-port.ts";
import { ScriptedInstrument } from "../../support/scripted-instrument.ts";

let browser: Browser;
let daemon: DaemonProcess;
let furnace: ScriptedInstrument;
let port: number;

const config = (): string => `version: 1
site: ${SITE}
broker: { port: ${port} }
page: { port: 0 }
instruments:
  furnace-1: { guards: [{ channel: temperature, unit: K, max: 900, then: pause }] }
campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 3
    inFlight: 1
    space: { kind: grid, axes: [{ name: temperature_K, values: [600, 700, 800] }] }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } }, repeatable: true }]
    model: { objectives: [{ name: strength, direction: max }] }
`;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launchChromium();
  port = await freePort();
  daemon = await startDaemonProcess({ config: config() });
});
afterAll(async () => {
  await furnace?.stop();
  await daemon?.stop();
  await browser?.close();
});

describe.runIf(hasChromium)("what stands still on the page of a real daemon", () => {
  test("a point that waits looks like one; a guard shows reading, bound, state and since; a suspension its reason", async () => {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(daemon.url);
    // Nobody is there: the point is no green one in flight.
    const state = page.locator("table.batch .state").first();
    await expect.poll(() => state.textContent()).toBe("waits for an instrument");
    expect(await state.getAttribute("class")).toBe("state wait");
    furnace = new ScriptedInstrument(`mqtt://127.0.0.1:${port}`, {
      id: "furnace-1",
      capabilities: [
        {
          ...{ name: "bake", parameters: { temperature_K: { unit: "K" } }, results: ["objective"] },
          ...{ repeatable: true, expectedDuration_s: 1 },
        },
      ],
      channels: { temperature: { unit: "K" } },
    });
    await furnace.isReady();
    await expect.poll(() => furnace.started.length).toBe(1);
    furnace.telemetry("temperature", 950, "K");
    await page.getByRole("link", { name: "Laboratory" }).click();
    const row = page.getByRole("table", { name: "Guards of furnace-1" }).locator("tbody tr");
    await expect
      .poll(() => row.textContent())
      .toMatch(/^temperature950 K-inf to 900 Kpausetrippedsince \d\d:/);
    furnace.telemetry("temperature", 850, "K");
    await expect.poll(() => row.textContent()).toBe("temperature850 K-inf to 900 Kpauseholds");
    // A result that its goal cannot use suspends.
    const [first] = furnace.started;
    if (first !== undefined) furnace.finish(first, [{ kind: "phases", phases: ["fcc"] }]);
    await page.getByRole("link", { name: /c1/ }).click();
    await page
      .getByText(/suspended because a result taught nothing: furnace-1/)
      .first()
      .waitFor();
    const shown = page.locator("main .state", { hasText: "suspended" }).first();
    expect(await shown.getAttribute("class")).toContain("bad");
    expect(complaints).toEqual([]);
  });
});
