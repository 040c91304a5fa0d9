import { misuse } from "../../core/errors.ts";
import { writeNamedFile } from "./write-file.ts";

/** How the help of every command describes `--plot`. */
export const PLOT_HELP = "write a picture: FILE.svg or FILE.png";

/** The file's kind by its name's end; anything else is a misuse that is told before the work begins. */
export function pictureKind(option: string, file: string): "svg" | "png" {
  if (/\.svg$/i.test(file)) return "svg";
  if (/\.png$/i.test(file)) return "png";
  throw misuse("TL-1001", `${option} ${file} must end in .svg or .png`);
}

/** Writes a picture as SVG, or as PNG where the file's name says so. Throws TL-1003. */
export async function writePicture(file: string, svg: string): Promise<void> {
  if (pictureKind("--plot", file) === "svg") return writeNamedFile(file, `${svg}\n`);
  const { renderPng } = await import("../../../adapters/pictures/render-png.ts");
  await writeNamedFile(file, await renderPng(svg));
}
