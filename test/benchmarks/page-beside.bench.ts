import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../../build/bundle-program.ts";
import { launchChromium } from "../support/chromium.ts";
import { quantile } from "../support/statistics.ts";
import { heapOf, openPage, redrawsOf } from "./page-measures.ts";

/** A clone of an older commit, with its packages (`npm ci`), to stand beside this one. */
const BASE = process.env["TIELINE_BASE"];
const RESULTS = 5000;
const ROUNDS = 5;
const FRESH = 5;

interface Figures {
  readonly open_ms: number[];
  readonly whole_ms: number[];
  readonly redraw_ms: number[];
  readonly fresh_ms: number[];
  readonly heap_MB: number[];
  readonly memory_MB: number[];
}

/**
 * The page with 5000 results and 60 regions beside that of an older build (`TIELINE_BASE=DIR`), both served by the same script with
 * each build's own views and map, opened in turn in one run: until the map is drawn, redraws, redraws with a new result, memory.
 */
export async function run(): Promise<void> {
  if (BASE === undefined)
    return console.log("left out: TIELINE_BASE names no clone of an older build");
  const builds = {
    base: await serveBuild(resolve(BASE)),
    own: await serveBuild(ROOT),
  };
  const figures = { base: none(), own: none() };
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const name of round % 2 === 0 ? (["base", "own"] as const) : (["own", "base"] as const))
        await measure(builds[name], figures[name]);
  } finally {
    for (const { server } of Object.values(builds)) server.kill();
  }
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  console.log(`medians of ${ROUNDS} rounds each, in turn; load ${load}`);
  console.log(row("open, map drawn", "ms", (one) => one.open_ms, 0.5));
  console.log(row("open, all of the panel there", "ms", (one) => one.whole_ms, 1));
  console.log(row("redraw", "ms", (one) => one.redraw_ms, 1));
  console.log(row("redraw with a new result", "ms", (one) => one.fresh_ms, 1));
  console.log(row("heap after a collection", "MB", (one) => one.heap_MB, 1));
  console.log(row("memory of the page's process", "MB", (one) => one.memory_MB, 1));

  function row(what: string, unit: string, pick: (one: Figures) => number[], most: number): string {
    const [base, own] = [figures.base, figures.own].map((one) => quantile(pick(one), 0.5));
    const share = (own ?? 0) / (base ?? 1);
    return `${what}: ${own?.toFixed(1)} ${unit} beside ${base?.toFixed(1)} ${unit}: ${share.toFixed(2)} times (target <= ${most})`;
  }
}

function none(): Figures {
  return { open_ms: [], whole_ms: [], redraw_ms: [], fresh_ms: [], heap_MB: [], memory_MB: [] };
}

interface ServedBuild {
  readonly server: ChildProcess;
  readonly url: string;
  results: number;
}

async function serveBuild(tree: string): Promise<ServedBuild> {
  const server = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "page-build.ts"), tree],
    {
      ...{ cwd: tree, stdio: ["pipe", "pipe", "inherit"] },
    },
  );
  const [url] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
  return { server, url, results: RESULTS };
}

/** One round of one build, with a browser of its own. */
async function measure(build: ServedBuild, into: Figures): Promise<void> {
  const browser = await launchChromium();
  try {
    const { url, results } = build;
    // The first opening warms up server and browser, for both alike.
    await openPage(browser, url, results);
    const once = await openPage(browser, url, results);
    const { page, ...again } = await openPage(browser, url, results, { keep: true });
    into.open_ms.push(once.map_ms, again.map_ms);
    into.whole_ms.push(once.whole_ms, again.whole_ms);
    into.heap_MB.push(await heapOf(page));
    into.memory_MB.push(await memoryOf(browser));
    into.redraw_ms.push(...(await redrawsOf(page)));
    into.fresh_ms.push(...(await freshRedraws(build, page)));
  } finally {
    await browser.close();
  }
}

async function freshRedraws(build: ServedBuild, page: Page): Promise<number[]> {
  const redraws: number[] = [];
  for (let k = 0; k < FRESH; k++) {
    build.results += 1;
    build.server.stdin?.write("one more\n");
    await page.waitForFunction(`window.tielineShown?.[${build.results}] !== undefined`, null, {
      timeout: 300_000,
    });
    const shown = page.locator("canvas[data-redraw-ms]");
    redraws.push(Number(await shown.getAttribute("data-redraw-ms")));
  }
  return redraws;
}

/** Proportional memory of the largest process that renders, MB. */
async function memoryOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo.flatMap(({ type, id }) => {
    if (type !== "renderer") return [];
    const text = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
    return [Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1e3];
  });
  return Math.max(...sizes);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await run();
  process.exit(0);
}
