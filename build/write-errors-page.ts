import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES } from "../src/core/error-codes/index.ts";
import { ROOT } from "./bundle-program.ts";

export const ERRORS_PAGE = join(ROOT, "docs/errors.md");

/** What each block of a thousand codes is about. */
const BLOCKS: Readonly<Record<string, string>> = {
  "TL-0": "The simulated laboratory",
  "TL-1": "Command line, configuration, tables",
  "TL-2": "MQTT, broker, messages",
  "TL-3": "Campaigns, jobs, instruments, safety",
  "TL-4": "Event log, data folder",
  "TL-5": "Phase diagrams",
  "TL-6": "Optimisation",
  "TL-7": "Structures and simulations",
  "TL-8": "Effective models",
  "TL-9": "Page, report, notifications",
};

/** The text of `docs/errors.md`: every code, when it happens, what to do. */
export function errorsPage(): string {
  const blocks = Object.entries(BLOCKS).map(([start, title]) => {
    const rows = Object.entries(ERROR_CODES)
      .filter(([code]) => code.startsWith(start))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { what, hint }]) => `| \`${code}\` | ${cell(what)} | ${cell(hint)} |`);
    return [`## ${title}`, "", "| code | what happened | what to do |", "|---|---|---|", ...rows];
  });
  return [
    "<!-- Written by `npm run errors-page` from src/core/error-codes; a test holds it up to date. -->",
    "# Error codes",
    "",
    "A message says what happened in this case and often gives better advice than the general one here. A code never changes its meaning, so programs may branch on it;",
    "commands end with 2 after a misuse and with 1 where the work failed.",
    "",
    ...blocks.flatMap((lines) => [...lines, ""]),
  ].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

if (process.argv[1] === import.meta.filename) writeFileSync(ERRORS_PAGE, errorsPage());
