/** Attribute values; `undefined` leaves the attribute out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One SVG element as text. Attribute values are escaped; children are taken as markup. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeXml(value)}"`,
    )
    .join("");
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A text element; `content` is escaped. */
export function text(content: string, attributes: Attributes): string {
  return element("text", attributes, escapeXml(content));
}

/** What is read on hovering the element that it stands in. */
export function tip(content: string): string {
  return element("title", {}, escapeXml(content));
}

export function escapeXml(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export interface PictureFrame {
  readonly width: number;
  readonly height: number;
  /** What the picture shows, for those who can't see it and as the tool tip of the whole. */
  readonly title: string;
  readonly description: string;
  readonly background: string;
}

/** A complete SVG document with a title and a description for screen readers. Presentation attributes only (no style). */
export function svgDocument(frame: PictureFrame, ...children: string[]): string {
  const { width, height, title, description, background } = frame;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "font-family": "system-ui, 'DejaVu Sans', Arial, sans-serif",
      "font-size": 13,
    },
    element("title", {}, escapeXml(title)),
    element("desc", {}, escapeXml(description)),
    element("rect", { width, height, fill: background }),
    ...children,
  );
}

/** `M x y L x y ...` of points, with two decimals. */
export function pathOf(points: readonly (readonly [number, number])[], closed = false): string {
  const steps = points.map(([x, y], k) => `${k === 0 ? "M" : "L"}${round(x)} ${round(y)}`);
  return steps.join("") + (closed ? "Z" : "");
}

/** Two decimals: a hundredth of a pixel, and a third of the bytes. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The same picture with its ids made its own, so that several can stand in one HTML document. */
export function scopeIds(svg: string, scope: string): string {
  return svg
    .replaceAll(/ id="/g, ` id="${scope}-`)
    .replaceAll("url(#", `url(#${scope}-`)
    .replaceAll(/ href="#/g, ` href="#${scope}-`);
}
