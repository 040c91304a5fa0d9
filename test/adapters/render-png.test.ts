import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { renderPng } from "../../adapters/pictures/render-png.ts";

const SQUARE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40" width="60" height="40">' +
  '<rect width="60" height="40" fill="#ffffff"/>TEXT</svg>';

function chunks(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  const found = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    found.set(name, Buffer.concat([found.get(name) ?? Buffer.alloc(0), data]));
    at += 12 + length;
  }
  return found;
}

describe("a PNG of a picture", () => {
  test("is a real PNG of twice the size that ends as one", async () => {
    const png = await renderPng(SQUARE.replace("TEXT", ""));
    expect([...png.slice(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    const parts = chunks(png);
    const header = parts.get("IHDR");
    expect([header?.readUInt32BE(0), header?.readUInt32BE(4)]).toEqual([120, 80]);
    expect(parts.has("IEND")).toBe(true);
    expect(inflateSync(parts.get("IDAT") ?? Buffer.alloc(0)).length).toBeGreaterThan(0);
  });

  test("has letters on a machine without fonts: bundled ones are used", async () => {
    const text = '<text x="5" y="30" font-size="30" font-family="system-ui, sans-serif">Al</text>';
    const [bare, written] = await Promise.all([
      renderPng(SQUARE.replace("TEXT", "")),
      renderPng(SQUARE.replace("TEXT", text)),
    ]);
    expect(Buffer.from(written).equals(Buffer.from(bare))).toBe(false);
    expect(Buffer.from(await renderPng(SQUARE.replace("TEXT", text)))).toEqual(
      Buffer.from(written),
    );
  });
});
