import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

const require = createRequire(import.meta.url);

/** The pictures' letters ship with the program, since a server often has no fonts at all. */
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] as const;
/** Pixels of a PNG for one of the SVG's: sharp on paper and on fine screens. */
const SCALE = 2;
/** Edge length beyond which a PNG would need gigabytes: such a picture is drawn smaller. */
const EDGE_px_max = 8000;

let prepared: Promise<readonly Uint8Array[]> | undefined;

/**
 * Draws an SVG as PNG, with resvg compiled to WebAssembly: no native compiler, no download, the same pixels everywhere.
 *
 * @param svg a complete SVG document with `width` and `height`
 * @returns the bytes of the PNG, `scale` pixels for one of the SVG's
 */
export async function renderPng(svg: string, scale = SCALE): Promise<Uint8Array> {
  prepared ??= prepare();
  const fontBuffers = [...(await prepared)];
  const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg);
  const longest = Math.max(Number(size?.[1] ?? 1), Number(size?.[2] ?? 1));
  const picture = new Resvg(svg, {
    fitTo: { mode: "zoom", value: Math.min(scale, EDGE_px_max / longest) },
    font: { fontBuffers, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" },
  });
  try {
    const image = picture.render();
    const png = image.asPng();
    image.free();
    return png;
  } finally {
    picture.free();
  }
}

async function prepare(): Promise<readonly Uint8Array[]> {
  await initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const folder = fontFolder();
  return Promise.all(FONTS.map((name) => readFile(join(folder, name))));
}

/** In the package the fonts lie in a folder above this file; a checkout takes them from the package of fonts. */
function fontFolder(): string {
  const places = ["../fonts", "../../fonts"].map((place) => join(import.meta.dirname, place));
  const packaged = places.find((place) => existsSync(join(place, FONTS[0])));
  return packaged ?? dirname(require.resolve(`dejavu-fonts-ttf/ttf/${FONTS[0]}`));
}
