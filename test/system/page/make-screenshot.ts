import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";

/** `npx tsx test/system/page/make-screenshot.ts`: the README's picture, from a real run of the default laboratory. */
const PORT = 28_081;
const folder = mkdtempSync(join(tmpdir(), "tieline-screenshot-"));
const config = join(folder, "config.yaml");
const text = readFileSync("config/default.yaml", "utf8")
  .replace("port: 1883", "port: 28_082".replace("_", ""))
  .replace(/ {2}webSocketPort: \d+\n/, "")
  .replace("port: 8080", `port: ${PORT}`);
writeFileSync(config, text);
const daemon = spawn(
  process.execPath,
  [
    "--import",
    "tsx",
    "src/main.ts",
    "start",
    "--config",
    config,
    "--data",
    join(folder, "data"),
    "--speed",
    "1000",
  ],
  {
    stdio: "ignore",
  },
);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  await wait(14_000);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const began_ms = performance.now();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.waitForFunction("document.querySelector('h1, h2, canvas, svg') !== null");
  console.log(`first content after ${(performance.now() - began_ms).toFixed(0)} ms`);
  await wait(2500);
  await page.screenshot({ path: process.argv[2] ?? "docs/images/map.png" });
} finally {
  await browser.close();
  daemon.kill("SIGTERM");
}
