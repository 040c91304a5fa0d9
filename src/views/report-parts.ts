import { escapeXml, scopeIds } from "./pictures/svg.ts";

/** Parts of HTML; texts are escaped, pictures are SVG. */
export function section(title: string, parts: readonly string[]): string {
  return `<section><h2>${escapeXml(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

/** A picture with its caption; `name` makes its ids unique in the document. */
export function figure(svg: string, caption: string, name: string): string {
  const scope = name.replaceAll(/[^\w-]/g, "_");
  const under = caption === "" ? "" : `<figcaption>${escapeXml(caption)}</figcaption>`;
  return `<figure>${scopeIds(svg, scope)}${under}</figure>`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join("")}</tr>`;
  const header = head.some((name) => name !== "") ? `<thead>${cells(head, "th")}</thead>` : "";
  return `<table>${header}<tbody>${rows.map((row) => cells(row, "td")).join("\n")}</tbody></table>`;
}

export const REPORT_STYLE =
  "body{font:15px/1.5 system-ui,sans-serif;color:#16191d;background:#fff;margin:0}" +
  "main{max-width:1120px;margin:auto;padding:1rem}table{border-collapse:collapse;width:100%}" +
  "td,th{border-bottom:1px solid #d9dde3;padding:.25rem .5rem;text-align:left;vertical-align:top}" +
  "figure{margin:1rem 0;display:inline-block;max-width:100%}svg{max-width:100%;height:auto}" +
  "figcaption{color:#555c66}pre{background:#f4f5f7;padding:.7rem;overflow:auto}.warning{color:#8a5a00}" +
  "@media(max-width:760px){table{display:block;overflow-x:auto}main{padding:.5rem}}" +
  "@media print{section{break-inside:avoid-page}}";
