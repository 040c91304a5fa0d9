import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { source as AXE } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TableAnswer } from "../../../adapters/dashboard/table-page/table-ports.ts";
import { createTableServer } from "../../../adapters/dashboard/table-page/table-server.ts";
import { answerTable } from "../../../src/cli/page/answer-table.ts";
import { complaintsOf, hasChromium, launchChromium } from "../../support/chromium.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
const first = {
  name: "binary-alloy.csv",
  csv: readFileSync(join(EXAMPLES, "binary-alloy.csv"), "utf8"),
};
const server = createTableServer({ port: 0, first, answer: answerTable });
let url: string;
beforeAll(async () => {
  ({ url } = await server.start());
});
afterAll(() => server.stop());

const ask = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${url}suggest`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

test("what is no table is refused with what to do; another web site is refused at all", async () => {
  const wish = { name: "t.csv", csv: "a,b\n1,x\n", goal: "phase-diagram", batch: 1 };
  const missing = await ask({ ...wish, label: "phase" });
  expect(missing.status).toBe(400);
  expect(await missing.json()).toMatchObject({ code: expect.stringMatching(/^TL-10/) });
  expect((await ask({ goal: "fortune" })).status).toBe(400);
  expect((await ask(wish, { origin: "http://evil.example" })).status).toBe(403);
});

test("an optimisation's table gives points, a picture and a file of them", async () => {
  const csv = readFileSync(join(EXAMPLES, "reactions.csv"), "utf8");
  const wish = { name: "reactions.csv", csv, goal: "optimise", objectives: "yield:max", batch: 2 };
  const answer = (await (await ask(wish)).json()) as TableAnswer;
  expect(answer.points).toHaveLength(2);
  expect(answer.svg).toContain("<svg");
  expect(answer.files["next.csv"]?.trim().split("\n")).toHaveLength(3);
  expect(answer.notes[0]).toContain("Results: yield.");
});

describe.runIf(hasChromium)("the page for a table", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  const rows = (page: Page) => page.locator("section[aria-labelledby=next] tbody tr");

  test("opens with the table, draws its map, and takes another one by a file", async () => {
    const context = await browser.newContext({
      ...{ viewport: { width: 390, height: 844 }, bypassCSP: true },
    });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(url);
    await page.getByRole("heading", { name: "binary-alloy.csv" }).waitFor();
    await page.locator("section[aria-label=Picture] img").waitFor();
    expect(await rows(page).count()).toBe(3);
    await page.evaluate(AXE);
    const serious = await page.evaluate(
      `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes[0].html))`,
    );
    expect(serious).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await page.getByLabel("Another file").setInputFiles(join(EXAMPLES, "reactions.csv"));
    await page.getByRole("heading", { name: "reactions.csv" }).waitFor();
    await page.getByLabel("What for").selectOption("optimise");
    await page.getByLabel(/Columns to improve/).fill("yield:max");
    await page.getByLabel("Points", { exact: true }).fill("4");
    await page.getByLabel("Points", { exact: true }).blur();
    await expect.poll(() => rows(page).count(), { timeout: 20_000 }).toBe(4);
    expect(complaints.filter((text) => !text.includes("400"))).toEqual([]);
    await context.close();
  });

  test("keeps what is typed while an answer is on its way", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole("heading", { name: "binary-alloy.csv" }).waitFor();
    let letThrough = (): void => {};
    const held = new Promise<void>((resolveHeld) => {
      letThrough = resolveHeld;
    });
    await page.route("**/suggest", async (route) => {
      await held;
      await route.continue();
    });
    const answered = page.waitForResponse("**/suggest");
    await page.getByLabel("Another file").setInputFiles(join(EXAMPLES, "binary-alloy.csv"));
    const points = page.getByLabel("Points", { exact: true });
    await points.fill("4");
    letThrough();
    await (await answered).finished();
    // Two frames: the answer has been drawn.
    await page.evaluate(
      "new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))",
    );
    expect(await points.inputValue()).toBe("4");
    await context.close();
  });
});
