/** What the page must know before its first request. */
export interface PageSettings {
  readonly readOnly: boolean;
  /** Operators prove who they are with a key. */
  readonly needsKey: boolean;
  readonly scriptTag: string;
  readonly styleTag: string;
}

/** The page's document: everything else is drawn by its script. */
export function pageHtml({ readOnly, needsKey, scriptTag, styleTag }: PageSettings): string {
  return documentOf({
    title: "Tieline",
    attributes: ` data-read-only="${readOnly}" data-needs-key="${needsKey}"`,
    style: `/assets/page.css?${styleTag}`,
    script: `/assets/page.js?${scriptTag}`,
    command: "tieline status",
  });
}

/** The document of the page for one table, without a daemon. */
export function tableHtml(): string {
  return documentOf({
    title: "Tieline: a table",
    attributes: "",
    style: "/assets/page.css",
    script: "/assets/table.js",
    command: "tieline suggest",
  });
}

function documentOf(
  about: Readonly<Record<"title" | "attributes" | "style" | "script" | "command", string>>,
) {
  const { title, attributes, style, script, command } = about;
  return `<!doctype html>
<html lang="en"${attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="page"><p class="opening">Tieline is opening …</p></div>
<noscript>This page needs JavaScript. Without it: <code>${command}</code>.</noscript>
<script type="module" src="${script}"></script>
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
