import { source as AXE } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../support/chromium.ts";
import {
  type ScriptedDashboard,
  startScriptedDashboard,
} from "../../support/scripted-dashboard.ts";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** 200 % zoom of a desktop: half as many pixels to lay out, twice as many to paint. */
const ZOOMED = { width: 640, height: 450 };

let browser: Browser;
let dashboard: ScriptedDashboard;
beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launchChromium();
  dashboard = await startScriptedDashboard({ approval: "supervised" });
  const { laboratory } = dashboard;
  laboratory.propose(4);
  for (let k = 0; k < 3; k++) laboratory.finishOne();
  laboratory.propose(3);
  dashboard.flush();
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
});

async function visit(options: BrowserContextOptions): Promise<Page> {
  // The page forbids foreign scripts; axe is one.
  const context = await browser.newContext({ ...options, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(dashboard.url);
  await page.locator(".map-pane canvas").waitFor();
  return page;
}

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds of WCAG 2.2 A and AA and of good practice that hinders somebody seriously. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as Finding[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

const TOO_WIDE = `(() => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5)
    .map((one) => one.tagName + "." + one.className + " " + Math.round(one.getBoundingClientRect().right));
})()`;

const HEADS = {
  "": "Al-Mg-Zn at 608 K",
  "#laboratory": "Laboratory",
  "#bench": "Bench",
  "#events": "Events",
};
const ALL = Object.keys(HEADS) as (keyof typeof HEADS)[];

describe.runIf(hasChromium)("the page for everybody", () => {
  test.each([
    ["a desktop", { viewport: DESKTOP }, ALL],
    ["a desktop in the dark", { viewport: DESKTOP, colorScheme: "dark" as const }, ALL.slice(0, 2)],
    ["a phone", { viewport: PHONE, isMobile: true, hasTouch: true }, ALL],
    ["twice as large", { viewport: ZOOMED, deviceScaleFactor: 2 }, ALL.slice(0, 2)],
  ] as const)(
    "axe-core has no serious finding, and nothing is cut off, on %s",
    async (_, options, panels) => {
      const page = await visit(options);
      for (const panel of panels) {
        await page.evaluate(`location.hash = "${panel}"`);
        await page.getByRole("heading", { name: HEADS[panel], level: 1 }).waitFor();
        expect(await seriousFindings(page), panel).toEqual([]);
        expect(await page.evaluate(TOO_WIDE), panel).toEqual([]);
      }
      await page.context().close();
    },
    60_000,
  );

  test("everything is reached and used by keyboard alone, and where the focus is can be seen", async () => {
    const page = await visit({ viewport: DESKTOP });
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    const wanted = (await page.evaluate(
      `[...document.querySelectorAll("a[href], button:not(:disabled), input, select, canvas[tabindex='0'], .scroll")].filter((one) => one.checkVisibility()).length`,
    )) as number;
    const reached = new Set<string>();
    for (let k = 0; k < wanted + 5; k++) {
      const at = (await page.evaluate(`(() => {
        const one = document.activeElement;
        window.seen ??= new Map();
        if (!window.seen.has(one)) window.seen.set(one, window.seen.size);
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
        const isSeen = one === document.body || outlineStyle !== "none" && outlineWidth !== "0px" || boxShadow !== "none";
        return [String(window.seen.get(one)) + " " + one.tagName, isSeen];
      })()`)) as [string, boolean];
      expect(at[1], `focus on ${at[0]} is seen`).toBe(true);
      reached.add(at[0]);
      await page.keyboard.press("Tab");
    }
    // A group of radio buttons is one stop.
    expect(reached.size).toBeGreaterThanOrEqual(wanted - 1);
    await page.getByRole("button", { name: "Pause" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog[open]").count()).toBe(0);
    await page.context().close();
  });

  test("the check finds what it is for", async () => {
    const page = await visit({ viewport: DESKTOP });
    await page.evaluate(
      `document.querySelector("main").insertAdjacentHTML("beforeend", '<p style="color:#aaa;background:#fff;width:3000px">pale</p><button></button>')`,
    );
    const found = (await seriousFindings(page)).join("\n");
    expect(found).toContain("color-contrast");
    expect(found).toContain("button-name");
    expect(await page.evaluate(TOO_WIDE)).not.toEqual([]);
    await page.context().close();
  });

  test("no sideways scroll on a phone, also after it was turned; what is live is said at every width and scroll", async () => {
    const page = await visit({ viewport: DESKTOP });
    for (const size of [
      PHONE,
      { width: 844, height: 390 },
      { width: 320, height: 568 },
      DESKTOP,
      PHONE,
    ]) {
      await page.setViewportSize(size);
      await page.waitForTimeout(150);
      expect(await page.evaluate(TOO_WIDE), `${size.width} px`).toEqual([]);
      await page.evaluate("scrollTo(0, document.body.scrollHeight)");
      const words = page.locator("header .connection");
      await expect.poll(() => words.textContent()).toBe("live");
      const box = await words.boundingBox();
      expect(
        box === null ? -1 : box.y,
        `live is in view at ${size.width} px`,
      ).toBeGreaterThanOrEqual(0);
      expect((box?.y ?? 1e9) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height);
    }
    await page.context().close();
  });

  test("a result is opened, commented and withdrawn; beside a waiting point stands what is likely there", async () => {
    const page = await visit({ viewport: DESKTOP });
    await page
      .locator("table.batch")
      .getByText(/likely [\wτ+]+, \d+ %/)
      .first()
      .waitFor();
    const before = dashboard.commands.length;
    await page.getByRole("button", { name: "Open result 2" }).click();
    const result = page.locator("dialog.result");
    await result.getByRole("heading", { name: "Result 2" }).waitFor();
    await result.getByText(/Al [\d.]+, Mg [\d.]+, Zn [\d.]+/).waitFor();
    await result.locator("strong").first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const second = dashboard.labView.observations("al-mg-zn")[1];
    for (const [button, confirm, reason] of [
      ["Comment …", "Write it down", "a crack at the rim"],
      ["Withdraw …", "Withdraw it", "wrong crucible"],
    ] as const) {
      await result.getByRole("button", { name: button }).click();
      const asked = page.locator("dialog[open]").last();
      await asked.getByLabel("Your name").fill("ada");
      await asked.getByLabel("Reason").fill(reason);
      await asked.getByRole("button", { name: confirm }).click();
      await expect.poll(() => page.locator("dialog[open]").count()).toBe(1);
    }
    expect(dashboard.commands.slice(before)).toMatchObject([
      { action: "comment", by: "ada", reason: "a crack at the rim", sampleId: "al-mg-zn.e2" },
      { action: "withdraw", by: "ada", reason: "wrong crucible", jobId: second?.jobId },
    ]);
    await page.context().close();
  });

  test("a page without a campaign says what comes next", async () => {
    const context = await browser.newContext({ viewport: PHONE });
    const page = await context.newPage();
    const { payload } = dashboard.message("overview");
    const message = JSON.parse(String(Buffer.from(payload))) as { data: object };
    const view = { ...message, data: { ...message.data, campaigns: [] } };
    const event = JSON.stringify({ topic: "tieline/v1/lab/dashboard/overview", payload: view });
    await page.route("**/events", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: `event: hello\ndata: {"boot":"b"}\n\nevent: view\ndata: ${event}\n\n`,
      }),
    );
    await page.goto(dashboard.url);
    await page.getByRole("heading", { name: "No campaign has been defined yet." }).waitFor();
    await page.getByText("tieline validate --config lab.yaml").waitFor();
    expect(await page.evaluate(TOO_WIDE)).toEqual([]);
    await context.close();
  });
});
