import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

const require = createRequire(import.meta.url);

/** The pictures' letters: files of a package, since a server often has no fonts at all. */
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];
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
  return Promise.all(
    FONTS.map((name) => readFile(require.resolve(`dejavu-fonts-ttf/ttf/${name}`))),
  );
}
