import { createHash } from "node:crypto";
import { escapeXml } from "../../src/views/pictures/svg.ts";
import { PAGE_STYLE } from "./page-bundle.ts";

/** What the content policy calls the document's style, which is in the document: nothing is drawn before it is there. */
export const STYLE_HASH = `sha256-${createHash("sha256").update(PAGE_STYLE).digest("base64")}`;

/** What the page must know before its first request. */
export interface PageSettings {
  readonly readOnly: boolean;
  /** Operators prove who they are with a key. */
  readonly needsKey: boolean;
  readonly scriptTag: string;
  /** The campaign that is shown at first, where there is one. */
  readonly campaignId?: string | undefined;
  /** Files that the script asks for at once. */
  readonly modules?: readonly string[] | undefined;
}

/** The page's document: everything else is drawn by its script. */
export function pageHtml(settings: PageSettings): string {
  const { readOnly, needsKey, scriptTag, campaignId, modules = [] } = settings;
  const shown = campaignId === undefined ? "" : ` data-campaign="${escapeXml(campaignId)}"`;
  return documentOf({
    title: "Tieline",
    attributes: ` data-read-only="${readOnly}" data-needs-key="${needsKey}"${shown}`,
    early: [
      ...modules.map((name) => `<link rel="modulepreload" href="/assets/${name}">`),
      ...(campaignId === undefined ? [] : askedAtOnce(campaignId)),
    ],
    script: `/assets/page.js?${scriptTag}`,
    command: "tieline status",
  });
}

/** What the script will ask for first: the browser asks while it still reads the script. */
function askedAtOnce(campaignId: string): string[] {
  const path = `/api/campaign/${encodeURIComponent(campaignId)}`;
  return ["opening", "map?drawn"].map(
    (name) =>
      `<link rel="preload" as="fetch" crossorigin="anonymous" href="${escapeXml(`${path}/${name}`)}">`,
  );
}

/** The document of the page for one table, without a daemon. */
export function tableHtml(): string {
  return documentOf({
    title: "Tieline: a table",
    attributes: "",
    early: [],
    script: "/assets/table.js",
    command: "tieline suggest",
  });
}

function documentOf(
  about: Readonly<Record<"title" | "attributes" | "script" | "command", string>> & {
    readonly early: readonly string[];
  },
) {
  const { title, attributes, script, command, early } = about;
  return `<!doctype html>
<html lang="en"${attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${PAGE_STYLE}</style>
<script type="module" src="${script}"></script>
${early.map((line) => `${line}\n`).join("")}</head>
<body>
<div id="page"><p class="opening">Tieline is opening …</p></div>
<noscript>This page needs JavaScript. Without it: <code>${command}</code>.</noscript>
</body>
</html>
`;
}

/** A composition triangle with a tie-line. */
const ICON = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">',
  '<path d="M16 3 30 28H2z" fill="none" stroke="#0072b2" stroke-width="3" stroke-linejoin="round"/>',
  '<path d="M9 20 20 14" stroke="#d55e00" stroke-width="3"/>',
  '<circle cx="9" cy="20" r="3" fill="#d55e00"/><circle cx="20" cy="14" r="3" fill="#d55e00"/>',
  "</svg>",
].join("");
