import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaintsOf, hasChromium, launchChromium } from "../../support/chromium.ts";
import {
  type DaemonProcess,
  exampleConfig,
  startDaemonProcess,
} from "../../support/daemon-process.ts";

let browser: Browser;
let daemon: DaemonProcess;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launchChromium();
  const config = exampleConfig("default.yaml")
    .replace("step: 0.025", "step: 0.1")
    .replace("approval: automatic", "approval: supervised");
  daemon = await startDaemonProcess({ config, speed: 1000 });
});
afterAll(async () => {
  await daemon?.stop();
  await browser?.close();
});

/** Fills the open dialog and sends it. */
async function answer(page: Page, by: string, fields: Record<string, string>): Promise<void> {
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Your name").fill(by);
  for (const [label, value] of Object.entries(fields))
    await dialog.getByLabel(new RegExp(label)).fill(value);
  await dialog.locator("button[type=submit]").click();
  await dialog.waitFor({ state: "detached" });
}

interface Shown {
  readonly budget: { readonly total: number };
  readonly settings: { readonly limits: Record<string, unknown> };
  readonly waiting?: { readonly points: readonly { readonly why: string }[] };
}

describe.runIf(hasChromium)("consent on the page of a real daemon", () => {
  test("a person changes the budget, asks for wider limits that another one approves, and adds a point", async () => {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(daemon.url);
    await page.getByRole("heading", { name: /Batch \d+ waits for you/ }).waitFor();
    const shown = (): Promise<Shown> => daemon.ask("/api/campaign/al-mg-zn");

    await page.getByRole("button", { name: "Change …" }).click();
    await answer(page, "ada", {
      Budget: "70",
      "Stop rule": "error_max=0.02",
      "An approval expires": "3600",
      "Limits to change": "temperature_K=293..800",
      Reason: "a second week",
    });
    await expect.poll(async () => (await shown()).budget.total).toBe(70);
    const told = await daemon.ask<object>("/api/events?search=error_max");
    expect(JSON.stringify(told)).toMatch(/approvalExpires_s:3600.*stop:\{error_max:0\.02\}/);
    expect((await shown()).settings.limits["temperature_K"]).toMatchObject({ max: 750 });
    await page.getByText("change 1 waits for somebody else than ada").waitFor();
    await page.getByRole("button", { name: "Approve change 1" }).click();
    await answer(page, "bob", { Reason: "the furnace is rated 900 K" });
    await expect
      .poll(async () => (await shown()).settings.limits["temperature_K"])
      .toMatchObject({ max: 800 });

    await page.getByRole("button", { name: "Add a point …" }).click();
    await answer(page, "ada", { Where: "Al=0.3, Mg=0.3, Zn=0.4", Reason: "near the tie-line" });
    await expect
      .poll(async () => (await shown()).waiting?.points.map(({ why }) => why))
      .toContain("by hand: ada, near the tie-line");
    await page.getByText("by hand: ada, near the tie-line").first().waitFor();
    expect(complaints).toEqual([]);
  });
});
