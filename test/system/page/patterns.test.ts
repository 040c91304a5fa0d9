import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ObservationView } from "../../../src/views/campaign-view.ts";
import type { PatternLook } from "../../../src/views/pattern-look.ts";
import { complaintsOf, hasChromium, launchChromium } from "../../support/chromium.ts";
import {
  type DaemonProcess,
  exampleConfig,
  startDaemonProcess,
} from "../../support/daemon-process.ts";

const PATTERNS = resolve(import.meta.dirname, "../../../config/patterns");
/** The reference of one phase is missing: its lines are nobody's. */
const MISSING = "Fe2Ti";
const BUDGET = 4;

let browser: Browser;
let daemon: DaemonProcess;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launchChromium();
  const references = readdirSync(join(PATTERNS, "references"))
    .filter((file) => !file.startsWith(`${MISSING}.`))
    .map((file) => join(PATTERNS, "references", file));
  const config = exampleConfig("phase-diagram-patterns.example.yaml")
    .replace("[patterns/references]", `[${references.join(", ")}]`)
    .replace("patterns/lines", join(PATTERNS, "lines"))
    .replace(/ Fe2Ti: [\d.]+,/, "")
    .replace(/ {8}rescan:\n(?: {10}.*\n)+/, "")
    .replace("budget: 60", `budget: ${BUDGET}`);
  daemon = await startDaemonProcess({ config, speed: 1000 });
});
afterAll(async () => {
  await daemon?.stop();
  await browser?.close();
});

const results = (): Promise<readonly ObservationView[]> =>
  daemon.ask("/api/campaign/fe-mg-ti/observations");

function phasesOf({ results: parts }: ObservationView): readonly string[] {
  return parts.flatMap((one) => (one.kind === "phases" ? one.phases : []));
}

describe.runIf(hasChromium)("patterns on the page of a real daemon", () => {
  test("a result shows its fit, what is left and what else it may be; an unknown phase gets its name there", async () => {
    await expect.poll(async () => (await results()).length, { timeout: 60_000 }).toBe(BUDGET);
    const strange = (await results()).find((one) => phasesOf(one).includes("unknown-1"))!;
    const path = `/api/campaign/fe-mg-ti/result/${strange.position}/pattern`;
    const look = await daemon.ask<PatternLook>(path);
    expect(look.isUnfamiliar).toBe(true);
    expect(look.measured.length).toBe(look.twoTheta_deg.length);
    const total = look.sum.map((_, k) => look.phases.reduce((s, { curve }) => s + curve[k]!, 0));
    for (const [k, sum] of look.sum.entries()) {
      expect(total[k]).toBeCloseTo(sum, 3);
      expect(look.measured[k]! - sum).toBeCloseTo(look.residual[k]!, 3);
    }
    expect(look.sets[0]!.phases).toEqual(look.phases.map(({ name }) => name));

    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const complaints = complaintsOf(page);
    await page.goto(daemon.url);
    await page.getByRole("button", { name: `Open result ${strange.n}`, exact: true }).click();
    const fit = page.getByRole("region", { name: "The pattern as it is read" });
    await fit.getByRole("img", { name: /fitted/ }).waitFor();
    await fit.getByText(/No reference explains [\d.]+ % of the intensity: lines at/).waitFor();
    expect(await fit.getByRole("row").count()).toBe(look.sets.length + 1);

    await fit.getByRole("button", { name: "Name unknown-1 …" }).click();
    const asked = page.locator("dialog[open]").last();
    await asked.getByLabel("Name of the phase").fill(MISSING);
    await asked.getByLabel("Your name").fill("ada");
    await asked.getByRole("button", { name: "Name unknown-1" }).click();
    const named = async () => {
      const all = (await results()).flatMap(phasesOf);
      return [all.includes(MISSING), all.includes("unknown-1")];
    };
    await expect.poll(named).toEqual([true, false]);

    await fit.getByRole("button", { name: "Read patterns again …" }).click();
    const again = page.locator("dialog[open]").last();
    await again
      .getByLabel(/Further references/)
      .fill(join(PATTERNS, "references", `${MISSING}.cif`));
    await again.getByRole("button", { name: "Read them again" }).click();
    const read = async () => (await daemon.ask<PatternLook>(path)).phases.map(({ name }) => name);
    await expect.poll(read, { timeout: 30_000 }).toContain(MISSING);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("of a result that is none there is no pattern", async () => {
    expect(await daemon.ask("/api/campaign/fe-mg-ti/result/1/pattern")).toMatchObject({
      code: "TL-9005",
    });
  });
});
