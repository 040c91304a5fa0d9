import type { Browser } from "playwright-core";
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
  daemon = await startDaemonProcess({ config: exampleConfig("people.example.yaml") });
});
afterAll(async () => {
  await daemon?.stop();
  await browser?.close();
});

interface List {
  readonly todos: readonly { readonly jobId: string; readonly comments: readonly unknown[] }[];
}

describe.runIf(hasChromium)("the bench on the page of a real daemon", () => {
  test("on a phone a person reads what is asked, writes a word, and reports; a slip is told at once", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const complaints = complaintsOf(page);
    const list = (): Promise<List> => daemon.ask("/api/todo");
    await page.goto(`${daemon.url}#bench`);
    await page.getByRole("heading", { name: "temper" }).first().waitFor();
    const [first] = (await list()).todos;
    const card = (job: string) => page.locator(`section[aria-label$="of ${job}"]`);
    const dialog = page.locator("dialog[open]");
    const send = () => dialog.locator("button[type=submit]").click();
    const job = first?.jobId ?? "";
    await card(job).getByText("Temper one blank").waitFor();

    await card(job).getByRole("button", { name: "Comment" }).click();
    await dialog.getByLabel("Your name").fill("ada");
    await dialog.getByLabel("Reason").fill("oil is dirty");
    await send();
    await card(job).getByText("oil is dirty").waitFor();

    await card(job).getByRole("button", { name: "Done" }).click();
    await send();
    const next = job.replace(".s1", ".s2");
    await card(next).getByRole("button", { name: "Done" }).click();
    await dialog.getByLabel("elongation in %").fill("12,5");
    await dialog.getByLabel("strength in MPa").fill("41000");
    await send();
    await dialog.getByText(/cannot be true: plausible is 0 to 3000 MPa/).waitFor();
    await dialog.getByLabel("strength in MPa").fill("410");
    await send();
    const found = () =>
      daemon.ask<readonly { reportedBy?: string }[]>("/api/campaign/alloys/observations");
    await expect.poll(async () => (await found()).map((one) => one.reportedBy)).toEqual(["ada"]);
    expect((await list()).todos.some(({ jobId }) => jobId === next)).toBe(false);
    expect(complaints).toEqual([]);
  });
});
