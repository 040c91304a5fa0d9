import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../support/chromium.ts";
import { exampleConfig, startDaemonProcess } from "../../support/daemon-process.ts";

/**
 * `npx tsx test/system/page/make-screenshot.ts [name ...]`: the pictures of README and docs, each from a real run of an
 * example configuration in a real browser. Without names all of them.
 */
interface Shot {
  readonly config: string;
  readonly speed: number;
  /** Measurements that are waited for. */
  readonly measured: number;
  readonly width: number;
  readonly height: number;
  readonly theme?: "light" | "dark";
  readonly place?: string;
  readonly prepare?: (page: Page) => Promise<void>;
  /** A part of the page instead of what the window shows. */
  readonly part?: string;
}

const FOLDER = resolve(import.meta.dirname, "../../../docs/images");
const WAIT_ms = 240_000;
const LAPTOP = { width: 1280, height: 960 };
const PHONE = { width: 390, height: 844 };

const SHOTS: Readonly<Record<string, Shot>> = {
  map: { config: exampleConfig("default.yaml"), speed: 150, measured: 24, ...LAPTOP },
  uncertainty: {
    config: exampleConfig("default.yaml"),
    speed: 150,
    measured: 10,
    ...LAPTOP,
    theme: "dark",
    prepare: (page) => page.getByRole("radio", { name: "Uncertainty" }).check({ force: true }),
  },
  optimisation: {
    config: exampleConfig("optimise.example.yaml"),
    speed: 300,
    measured: 16,
    ...LAPTOP,
    height: 1500,
  },
  front: {
    config: exampleConfig("optimise-two-objectives.example.yaml"),
    speed: 300,
    measured: 24,
    ...LAPTOP,
    height: 1200,
  },
  "effective-model": {
    config: exampleConfig("effective-model.example.yaml").replace(
      "error_max: 0.02",
      "error_max: 0.004",
    ),
    speed: 300,
    measured: 5,
    ...LAPTOP,
  },
  structures: {
    config: exampleConfig("structure-map.example.yaml").replaceAll(
      "silicon/",
      `${resolve(import.meta.dirname, "../../../config/silicon")}/`,
    ),
    speed: 1000,
    measured: 12,
    // So high that nothing has to be scrolled under the header.
    ...{ width: 1280, height: 2400 },
    part: "section[aria-labelledby=structures]",
  },
  approval: {
    config: exampleConfig("default.yaml").replace("approval: automatic", "approval: supervised"),
    speed: 300,
    measured: 0,
    ...LAPTOP,
    prepare: async (page) => {
      await page.getByRole("heading", { name: /waits for you/ }).waitFor();
      await page.locator("table.batch input[type=checkbox]").nth(2).uncheck();
      await page.getByRole("button", { name: /^Approve/ }).click();
      await page.locator("dialog[open]").getByLabel("Your name").fill("ada");
    },
  },
  phone: { config: exampleConfig("default.yaml"), speed: 150, measured: 12, ...PHONE },
  laboratory: {
    config: exampleConfig("default.yaml"),
    speed: 30,
    measured: 4,
    ...LAPTOP,
    place: "#laboratory",
  },
};

async function take(browser: Browser, name: string, shot: Shot): Promise<void> {
  const daemon = await startDaemonProcess({ config: shot.config, speed: shot.speed });
  try {
    const { width, height, theme = "light" } = shot;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
    await untilMeasured(daemon.ask, shot.measured);
    await page.goto(new URL(shot.place ?? "", daemon.url).href);
    await page.waitForSelector("h1");
    await page.waitForTimeout(2500); // the planner's map, the look at a simulation
    await shot.prepare?.(page);
    await page.waitForTimeout(1000);
    const path = join(FOLDER, `${name}.png`);
    if (shot.part === undefined) await page.screenshot({ path });
    else await page.locator(shot.part).screenshot({ path });
    console.log(path);
    await page.close();
  } finally {
    await daemon.stop();
  }
}

async function untilMeasured(
  ask: <Body>(path: string) => Promise<Body>,
  measured: number,
): Promise<void> {
  const deadline_ms = performance.now() + WAIT_ms;
  while (performance.now() < deadline_ms) {
    const { campaigns } = await ask<{
      campaigns: readonly { observations: number; state: string }[];
    }>("/api/overview");
    const isOver = campaigns.every(({ state }) => /^(converged|budget)/.test(state));
    if (isOver || campaigns.some(({ observations }) => observations >= measured)) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`${measured} measurements did not come`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => SHOTS[name] === undefined);
if (unknown.length > 0) {
  console.error(
    `There is no picture ${unknown.join(", ")}; there is ${Object.keys(SHOTS).join(", ")}.`,
  );
  process.exit(2);
}
mkdirSync(FOLDER, { recursive: true });
const browser = await launchChromium();
try {
  for (const [name, shot] of Object.entries(SHOTS)) {
    if (wanted.length === 0 || wanted.includes(name)) await take(browser, name, shot);
  }
} finally {
  await browser.close();
}
