/** What the page must know before its first request. */
export interface PageSettings {
  readonly readOnly: boolean;
  /** Operators prove who they are with a key. */
  readonly needsKey: boolean;
  readonly scriptTag: string;
  readonly styleTag: string;
}

/** The page's document: everything else is drawn by its script. */
export function pageHtml(settings: PageSettings): string {
  const { readOnly, needsKey, scriptTag, styleTag } = settings;
  return `<!doctype html>
<html lang="en" data-read-only="${readOnly}" data-needs-key="${needsKey}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tieline</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<link rel="stylesheet" href="/assets/page.css?${styleTag}">
</head>
<body>
<div id="page"><p class="opening">Tieline is opening …</p></div>
<noscript>This page needs JavaScript. Without it: <code>tieline status</code>.</noscript>
<script type="module" src="/assets/page.js?${scriptTag}"></script>
</body>
</html>
`;
}

/** The document of the page for one table, without a daemon. */
export function tableHtml(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tieline: a table</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<div id="page"><p class="opening">Tieline is opening …</p></div>
<noscript>This page needs JavaScript. Without it: <code>tieline suggest</code>.</noscript>
<script type="module" src="/assets/table.js"></script>
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
