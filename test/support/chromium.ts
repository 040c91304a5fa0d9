import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { peerIsThere } from "./peer.ts";

/** Debian's Chromium; CI installs it, a developer may point elsewhere. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const hasChromium = peerIsThere(
  "Chromium",
  existsSync(CHROMIUM),
  "apt-get install chromium, or CHROMIUM=/path",
);

/** Headless, as root in a container, and silent on the network. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Collects everything that the page complains about. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}
