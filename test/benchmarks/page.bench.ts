import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import {
  PAGE_MODULES,
  PAGE_MODULES_FIRST,
  PAGE_SCRIPT,
  PAGE_STYLE,
} from "../../adapters/dashboard/page-bundle.ts";
import { pageHtml } from "../../adapters/dashboard/page-html.ts";
import { createPlanner } from "../../src/planning/create-planner.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { exampleConfig, startDaemonProcess } from "../support/daemon-process.ts";
import { type ScriptedDashboard, startScriptedDashboard } from "../support/scripted-dashboard.ts";
import { createScriptedLaboratory, phasesAt } from "../support/scripted-laboratory.ts";
import { feedHours, heapOf, openPage, redrawsOf, summary } from "./page-measures.ts";

/** The page's figures, measured in Debian's Chromium on loopback; each line says the target. */
export async function run(): Promise<void> {
  console.log(pageSize());
  if (!hasChromium) {
    console.log("no Chromium here: the other figures need it (apt-get install chromium)");
    return;
  }
  const browser = await launchChromium();
  try {
    console.log(await firstPaint(browser));
    console.log(await resultVisible(browser));
    console.log(await resultVisibleInDaemon(browser));
    console.log(await largeCampaign(browser));
    console.log(await dayOfHistory(browser));
  } finally {
    await browser.close();
  }
}

function pageSize(): string {
  const settings = { readOnly: false, needsKey: false, scriptTag: "x", styleTag: "x" };
  const first = PAGE_MODULES_FIRST.map((name) => PAGE_MODULES[name] ?? "");
  const parts = [pageHtml(settings), PAGE_SCRIPT, PAGE_STYLE, ...first];
  const later = Object.entries(PAGE_MODULES).filter(([name]) => !PAGE_MODULES_FIRST.includes(name));
  const sizes = [parts, later.map(([, text]) => text)].map((texts) => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const packed = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    return `${(bytes / 1e3).toFixed(0)} kB, gzipped ${(packed / 1e3).toFixed(0)} kB`;
  });
  return `page: ${sizes[0]} at once, ${sizes[1]} after the first picture (target < 500 kB)`;
}

/** Time from the navigation to the headline, and to the drawn map, of a campaign with 20 results; a fresh browser context each. */
async function firstPaint(browser: Browser): Promise<string> {
  const dashboard = await startScriptedDashboard();
  fill(dashboard, 20);
  const opened = [];
  for (let k = 0; k < 7; k++) opened.push(await openPage(browser, dashboard.url, 20));
  await dashboard.stop();
  return [
    `first contentful paint: ${summary(opened.map((one) => one.firstPaint_ms))}`,
    `first meaningful paint (state, what is known, what is measured now): ${summary(opened.map((one) => one.headline_ms))} (target <= 1000 ms)`,
    `map drawn: ${summary(opened.map((one) => one.map_ms))}`,
  ].join("\n");
}

/** From the event to the point on the map, at random times after the last view. */
async function resultVisible(browser: Browser): Promise<string> {
  const dashboard = await startScriptedDashboard({ budget: 100 });
  dashboard.laboratory.propose(40);
  dashboard.flush();
  const { page } = await openPage(browser, dashboard.url, 0, { keep: true });
  const waits: number[] = [];
  for (let n = 1; n <= 30; n++) {
    await page.waitForTimeout(150 + ((n * 367) % 900));
    const logged_ms = Date.now();
    dashboard.laboratory.finishOne();
    dashboard.flush();
    const shown = `window.tielineShown?.[${n}]`;
    await page.waitForFunction(`${shown} !== undefined`);
    waits.push(Number(await page.evaluate(shown)) - logged_ms);
  }
  await page.close();
  await dashboard.stop();
  return `result visible after its event: ${summary(waits)} (target <= 200 ms)`;
}

/** The same with a daemon in its own process: the time stamp of the log's event against the browser's clock. */
async function resultVisibleInDaemon(browser: Browser): Promise<string> {
  const config = exampleConfig("default.yaml").replace("budget: 60", "budget: 30");
  const daemon = await startDaemonProcess({ config, speed: 150 });
  const { page } = await openPage(browser, daemon.url, undefined, { keep: true });
  await page.waitForFunction("window.tielineShown?.[25] !== undefined", null, { timeout: 120_000 });
  const shown = (await page.evaluate("window.tielineShown")) as Record<string, number>;
  const observations = await daemon.ask<{ time_ms: number }[]>(
    "/api/campaign/al-mg-zn/observations",
  );
  await page.close();
  await daemon.stop();
  // A number that was skipped came together with the next.
  const waits = observations.slice(1, 25).flatMap(({ time_ms }, k) => {
    const at = Object.entries(shown).find(([n]) => Number(n) >= k + 2)?.[1];
    return at === undefined ? [] : [at - time_ms];
  });
  return `result visible after it was logged, daemon at 150 times real time: ${summary(waits)} (target <= 200 ms)`;
}

/** 5151 candidates, 5000 measurements, the real planner's map. */
async function largeCampaign(browser: Browser): Promise<string> {
  const size = { step: 0.01, budget: 5151 };
  const { spec } = createScriptedLaboratory(size);
  const planner = createPlanner(spec);
  const dashboard = await startScriptedDashboard({ ...size, plannerView: () => planner.view() });
  fill(dashboard, 5000);
  const measured = dashboard.labView.observations(spec.campaignId);
  planner.learn(
    measured.map(({ position, candidateId, parameters }) => ({
      ...{ position, candidateId, parameters },
      observations: [{ kind: "phases" as const, phases: phasesAt(parameters) }],
    })),
  );
  const began_ms = performance.now();
  planner.view();
  const view_ms = performance.now() - began_ms;
  const opened = [];
  for (let k = 0; k < 5; k++) opened.push(await openPage(browser, dashboard.url, 5000));
  const { page } = await openPage(browser, dashboard.url, 5000, { keep: true });
  const redraws = await redrawsOf(page);
  const fresh = await redrawsOfResults(dashboard, page);
  await page.close();
  await dashboard.stop();
  return [
    `5000 measurements, page opened (map drawn): ${summary(opened.map((one) => one.map_ms))} (target <= 2000 ms; the planner's first map took ${view_ms.toFixed(0)} ms)`,
    `redraw at 5151 points with 5000 measured: ${summary(redraws)} (target <= 16 ms)`,
    `redraw with a new result at 5151 points: ${summary(fresh)} (target <= 16 ms)`,
  ].join("\n");
}

/** The first redraw after each of 20 results more. */
async function redrawsOfResults(dashboard: ScriptedDashboard, page: Page): Promise<number[]> {
  const redraws: number[] = [];
  const { laboratory } = dashboard;
  laboratory.propose(20);
  await page.evaluate("window.tielineLong.length = 0");
  for (let n = laboratory.measured.length + 1; laboratory.finishOne(); n++) {
    dashboard.flush();
    await page.waitForFunction(`window.tielineShown?.[${n}] !== undefined`);
    redraws.push(
      Number(await page.locator("canvas[data-redraw-ms]").getAttribute("data-redraw-ms")),
    );
  }
  const long = (await page.evaluate("window.tielineLong")) as number[];
  console.log(
    `tasks above 50 ms in the page meanwhile: ${long.length === 0 ? "none" : summary(long)}`,
  );
  return redraws;
}

/** A day of events, telemetry and views, as fast as the page takes them. */
async function dayOfHistory(browser: Browser): Promise<string> {
  const dashboard = await startScriptedDashboard({ budget: 800 });
  const { page } = await openPage(browser, dashboard.url, 0, { keep: true });
  const heaps: string[] = [];
  let before = 0;
  for (const hours of [2, 6, 12, 24]) {
    await feedHours(dashboard, page, hours - before);
    before = hours;
    heaps.push(`${hours} h ${(await heapOf(page)).toFixed(1)} MB`);
  }
  await page.close();
  await dashboard.stop();
  return `heap of the page over a day of history: ${heaps.join(", ")} (target: bounded)`;
}

function fill({ laboratory, flush }: ScriptedDashboard, count: number): void {
  for (let done = 0; done < count; ) {
    const points = laboratory.propose(Math.min(50, count - done));
    for (const _ of points) laboratory.finishOne();
    done += points.length;
  }
  flush();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await run();
  process.exit(0);
}
