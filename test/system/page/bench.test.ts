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
  daemon = await startDaemonProcess({ config: exampleConfig("people.example.yaml") });
});
afterAll(async () => {
  await daemon?.stop();
  await browser?.close();
});

/** What a browser says of a picture: 0 until it has come. */
interface Img {
  readonly naturalWidth: number;
}

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

  test("six photographs go with a comment from a phone, are seen there and large, and what there is no room for is told in the dialog", async () => {
    const config = exampleConfig("people.example.yaml").replace(
      "port: 0\n\ncampaigns",
      "port: 0\n  photos_MB_max: 13\n\ncampaigns",
    );
    expect(config).toContain("photos_MB_max");
    const small = await startDaemonProcess({ config });
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const complaints = complaintsOf(page);
    try {
      await page.goto(`${small.url}#bench`);
      const card = page.locator("section.card").first();
      const dialog = page.locator("dialog[open]");
      await card.getByRole("button", { name: "Comment" }).click();
      await dialog.getByLabel("Photographs").setInputFiles(await pictures(page, 6, 800));
      await dialog.getByLabel("Your name").fill("ada");
      await dialog.getByLabel("Reason").fill("the rim, all around");
      await shot(page, "dialog");
      // As from a phone at the other end of the house: several uploads at once would be under way for some time.
      const network = await page.context().newCDPSession(page);
      await network.send("Network.emulateNetworkConditions", {
        ...{ offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 2e6 },
      });
      await dialog.locator("button[type=submit]").click();
      await card.getByText("the rim, all around").waitFor();
      const shown = card.locator(".photos img");
      await expect.poll(() => shown.count()).toBe(6);
      for (const photo of await shown.all()) {
        await photo.scrollIntoViewIfNeeded();
        await expect
          .poll(() => photo.evaluate((one) => (one as unknown as Img).naturalWidth))
          .toBe(800);
      }
      await shot(page, "phone");
      // Nothing is wider than the phone.
      const { scrollWidth, clientWidth } = (await page.evaluate(
        "(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)",
      )) as { scrollWidth: number; clientWidth: number };
      expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
      await page.setViewportSize({ width: 1280, height: 800 });
      await shot(page, "desktop");

      await card.getByRole("button", { name: "Comment" }).click();
      const large = [
        { name: "x.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(12_000_000, 1) },
      ];
      large[0]?.buffer.set([0xff, 0xd8, 0xff]);
      await dialog.getByLabel("Photographs").setInputFiles(large);
      await dialog.getByLabel("Reason").fill("one more");
      await dialog.locator("button[type=submit]").click();
      await dialog.getByText(/of the 13 MB that they may/).waitFor();
      await shot(page, "full");
      // The word itself goes without.
      await dialog.getByLabel("Photographs").setInputFiles([]);
      await dialog.locator("button[type=submit]").click();
      await card.getByText("one more").waitFor();
      await card.getByRole("button", { name: "Comment" }).click();
      await dialog.getByLabel("Photographs").setInputFiles(await pictures(page, 13, 20));
      await dialog.getByLabel("Reason").fill("too many");
      await dialog.locator("button[type=submit]").click();
      await dialog.getByText("13 photographs: 12 at most go with one word.").waitFor();
      expect(complaints.filter((one) => !one.includes("507"))).toEqual([]);
    } finally {
      await page.close();
      await small.stop();
    }
  });
});

/** Pictures of their own colour each, as a browser makes them. */
async function pictures(page: Page, count: number, width: number) {
  const all = (await page.evaluate(`Array.from({ length: ${count} }, (_, k) => {
    const canvas = document.createElement("canvas");
    canvas.width = ${width};
    canvas.height = ${0.75 * width};
    const ink = canvas.getContext("2d");
    // Grain, so that it is as large as a photograph.
    const grain = ink.createImageData(canvas.width, canvas.height);
    for (let at = 0; at < grain.data.length; at++)
      grain.data[at] = at % 4 === 3 ? 255 : (at % 4 === k % 3 ? 200 : 60) + 50 * Math.random();
    ink.putImageData(grain, 0, 0);
    return canvas.toDataURL("image/jpeg").split(",")[1];
  })`)) as string[];
  return all.map((data, k) => ({
    ...{ name: `rim-${k}.jpg`, mimeType: "image/jpeg" },
    buffer: Buffer.from(data, "base64"),
  }));
}

/** For a person who looks: TIELINE_SHOTS=FOLDER. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env["TIELINE_SHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/photos-${name}.png` });
}
