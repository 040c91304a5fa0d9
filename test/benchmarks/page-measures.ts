import type { Browser, Page } from "playwright-core";
import type { ScriptedDashboard } from "../support/scripted-dashboard.ts";
import { quantile } from "../support/statistics.ts";

/** Times since the navigation, ms, by the browser's own clock. */
export interface OpenedPage {
  readonly page: Page;
  readonly firstPaint_ms: number;
  /** Headline and answers at a glance are in the document. */
  readonly headline_ms: number;
  /** The map shows the wanted number of measurements, and the regions that they make. */
  readonly map_ms: number;
  /** The same, and the table of the results is there: nothing of a campaign's panel is to come. */
  readonly whole_ms: number;
}

const OPENING_ms = 60_000;

/**
 * Opens the page in a fresh context (nothing cached), its content policy off so that expressions can be waited for. `window.tielineShown[n]` becomes the time (ms since 1970) at which
 * n measurements were first on the map. Waits for `measured` measurements, or for any map.
 */
export async function openPage(
  browser: Browser,
  url: string,
  measured: number | undefined,
  options: { readonly keep?: boolean } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    bypassCSP: true,
  });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(url, { waitUntil: "commit" });
  const map =
    measured === undefined
      ? "Object.values(window.tielineShown ?? {})[0]"
      : `window.${measured === 0 ? "tielineShown" : "tielineMapped"}?.[${measured}]`;
  const whole = measured === undefined || measured === 0 ? map : "window.tielineWhole";
  await page.waitForFunction(`${map} !== undefined && ${whole} !== undefined`, null, {
    timeout: OPENING_ms,
  });
  const times = (await page.evaluate(
    `({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
      headline: window.tielineHeadline ?? NaN,
      map: ${map} - performance.timeOrigin,
      whole: Math.max(${map}, ${whole}) - performance.timeOrigin,
    })`,
  )) as { paint: number; headline: number; map: number; whole: number };
  if (options.keep !== true) await context.close();
  const { paint, headline, map: map_ms, whole: whole_ms } = times;
  return { page, firstPaint_ms: paint, headline_ms: headline, map_ms, whole_ms };
}

/** Runs in the page before its own script. */
const WATCH = `
window.tielineShown = {};
window.tielineMapped = {};
window.tielineLong = [];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.tielineLong.push(duration);
}).observe({ type: "longtask" });
new MutationObserver((changes) => {
  if (window.tielineHeadline === undefined && document.querySelector(".glance dd strong")) {
    window.tielineHeadline = performance.now();
  }
  const canvas = document.querySelector("canvas[data-measured]");
  const n = canvas?.dataset.measured;
  const now = performance.timeOrigin + performance.now();
  if (n !== undefined) window.tielineShown[n] ??= now;
  // Its words know of the regions before they are painted: only a drawing counts.
  if (n !== undefined && changes.some(({ attributeName }) => attributeName === "data-redraw-ms") && canvas.getAttribute("aria-label").includes("Phases by area")) {
    window.tielineMapped[n] ??= now;
  }
  if (document.querySelector('[aria-labelledby="results"] tbody tr')) window.tielineWhole ??= now;
}).observe(document, { childList: true, subtree: true, attributes: true });
`;

/** Times of 40 redraws of the whole map, ms. */
export async function redrawsOf(page: Page): Promise<number[]> {
  const redraws: number[] = [];
  for (let k = 0; k < 40; k++) {
    const name = k % 2 === 0 ? "Uncertainty" : "Phases";
    await page.getByRole("radio", { name }).check({ force: true });
    redraws.push(
      Number(await page.locator("canvas[data-redraw-ms]").getAttribute("data-redraw-ms")),
    );
  }
  return redraws;
}

/** Heap in use after a collection, MB. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / 1e6;
}

const EVENTS_A_MINUTE = 20;
const START_ms = Date.UTC(2026, 10, 23);
let minute = 0;

/** Hours of a laboratory: each minute 60 readings of a furnace, 20 events, a result every ten minutes, all views. */
export async function feedHours(
  dashboard: ScriptedDashboard,
  page: Page,
  hours: number,
): Promise<void> {
  const { labView, laboratory, server } = dashboard;
  for (let k = 0; k < hours * 60; k++, minute++) {
    for (let second = 0; second < 60; second++) {
      const time_ms = START_ms + minute * 60_000 + second * 1000;
      const value = 600 + 100 * Math.sin(time_ms / 1e6);
      labView.noteTelemetry({ ...TEMPERATURE, value, time_ms });
    }
    for (let n = 0; n < EVENTS_A_MINUTE; n++) {
      laboratory.write({ type: "timer.fired", timerId: `t${minute}.${n}` });
    }
    if (minute % 10 === 0) {
      laboratory.propose(1);
      laboratory.finishOne();
    }
    for (const name of ["overview", "events", "campaign/al-mg-zn", "instrument/FURNACE1"]) {
      server.publish(dashboard.message(name));
    }
    if (k % 5 === 0) await page.waitForTimeout(5);
  }
  await page.waitForTimeout(500);
}

const TEMPERATURE = { instrumentId: "FURNACE1", channel: "temperature", unit: "K" } as const;

/** `median 12 ms, 95 % 20 ms, worst 31 ms of 30`. */
export function summary(values_ms: readonly number[]): string {
  const [middle, most, worst] = [0.5, 0.95, 1].map((share) => quantile(values_ms, share));
  const shown = (value = Number.NaN): string => value.toFixed(value < 20 ? 1 : 0);
  return `median ${shown(middle)} ms, 95 % ${shown(most)} ms, worst ${shown(worst)} ms of ${values_ms.length}`;
}
