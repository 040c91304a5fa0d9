import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EventLine } from "../../../src/views/event-stream-view.ts";
import { Mosquitto, mosquittoIsThere } from "../../contract/mosquitto.ts";
import { complaintsOf, hasChromium, launchChromium } from "../../support/chromium.ts";
import {
  type DaemonProcess,
  exampleConfig,
  startDaemonProcess,
} from "../../support/daemon-process.ts";

let browser: Browser;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
});
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});
afterAll(() => browser?.close());

const DEFAULT = exampleConfig("default.yaml").replace("step: 0.025", "step: 0.1");

async function start(config: string, speed = 1000): Promise<DaemonProcess> {
  const daemon = await startDaemonProcess({ config, speed });
  cleanUp.push(() => daemon.stop());
  return daemon;
}

async function open(daemon: DaemonProcess): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  cleanUp.push(() => page.close());
  const complaints = complaintsOf(page);
  await page.goto(daemon.url);
  return { page, complaints };
}

async function answer(page: Page, reason?: string): Promise<void> {
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Your name").fill("ada");
  if (reason !== undefined) await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.locator("button[type=submit]").click();
  await dialog.waitFor({ state: "detached" });
}

const logged = (daemon: DaemonProcess, search: string): Promise<EventLine[]> =>
  daemon.ask(`/api/events?search=${encodeURIComponent(search)}`);

const measured = async (page: Page): Promise<number> =>
  Number((await page.locator("canvas[data-measured]").getAttribute("data-measured")) ?? 0);

describe.runIf(hasChromium)("the page of a real daemon", () => {
  test("a person approves, rejects, pauses, resumes, stops everything: all of it is in the log", async () => {
    const daemon = await start(DEFAULT.replace("approval: automatic", "approval: supervised"));
    const { page, complaints } = await open(daemon);
    await page.getByRole("heading", { name: /Batch \d+ waits for you/ }).waitFor();
    const boxes = page.locator("table.batch input[type=checkbox]");
    // The heading is there with the first point that waits.
    await expect.poll(() => boxes.count(), { timeout: 60_000 }).toBeGreaterThan(2);
    await boxes.first().uncheck();
    await page.getByRole("button", { name: /^Approve \d+ points?$/ }).click();
    await answer(page);
    // The point left out still waits; new ones have joined it.
    await boxes.first().check();
    await page.getByRole("button", { name: /^Reject \d+ points?$/ }).click();
    await answer(page, "too rich in zinc");
    await expect.poll(() => measured(page), { timeout: 120_000 }).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await answer(page, "lunch");
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await answer(page);
    await page.getByRole("button", { name: "Emergency stop" }).click();
    await answer(page, "smoke");
    const alarm = page.getByRole("alert").getByText("Emergency stop by ada: smoke");
    await alarm.waitFor();
    await page.getByRole("button", { name: "Clear emergency stop" }).click();
    await answer(page, "it was steam");
    await alarm.waitFor({ state: "detached" });

    const commands = await logged(daemon, "ada");
    const texts = commands.map((line) => `${line.type} ${line.text}`).join("\n");
    for (const word of ["approve", "reject", "too rich in zinc", "pause", "lunch", "resume"]) {
      expect(texts).toContain(word);
    }
    expect(texts).toContain("smoke");
    expect(texts).toContain("it was steam");
    expect(complaints).toEqual([]);
  });

  test("what the agent refuses is said in the dialog, and without a name nothing is sent", async () => {
    const daemon = await start(DEFAULT.replace("autoStart: true", "autoStart: false"), 60);
    const { page } = await open(daemon);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator("dialog[open] button[type=submit]").click();
    await page.waitForTimeout(300);
    expect(await logged(daemon, "operator.command")).toEqual([]);
    const reply = await fetch(new URL("/api/command", daemon.url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind: "campaign", campaignId: "al-mg-zn", action: "start" }),
    });
    expect(reply.status).toBe(400);
    await answer(page);
    await page.getByText("accepted by the agent, on ada's word").waitFor();
    expect(await logged(daemon, "ada")).not.toEqual([]);
  });

  test.runIf(mosquittoIsThere())(
    "a broker's restart is survived: the page says that it is gone, then the map goes on",
    async () => {
      const broker = new Mosquitto();
      await broker.start();
      cleanUp.push(() => broker.stop());
      const config = DEFAULT.replace(
        /broker:\n(?: {2}.*\n)+/,
        `broker: { url: "mqtt://127.0.0.1:${broker.port}" }\n`,
      ).replace("budget: 60", "budget: 40");
      const daemon = await start(config, 400);
      const { page, complaints } = await open(daemon);
      await expect.poll(() => measured(page), { timeout: 120_000 }).toBeGreaterThan(0);
      await broker.kill();
      await page.getByText("The broker can't be reached").waitFor({ timeout: 120_000 });
      await page.getByText("live", { exact: true }).waitFor();
      const before = await measured(page);
      await broker.start();
      await page
        .getByText("The broker can't be reached")
        .waitFor({ state: "detached", timeout: 20_000 });
      await expect.poll(() => measured(page), { timeout: 120_000 }).toBeGreaterThan(before);
      expect(complaints).toEqual([]);
    },
    90_000,
  );
});
