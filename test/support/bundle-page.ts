import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = join(ROOT, "adapters/dashboard/page");
export const BUNDLE_FILE = join(ROOT, "adapters/dashboard/page-bundle.ts");

/**
 * Bundles the page into the text of `adapters/dashboard/page-bundle.ts`, which is committed, so that users need no build
 * step and no bundler. `npm run page` writes it; a test fails where it is out of date.
 */
export async function bundlePage(): Promise<string> {
  const result = await build({
    entryPoints: { page: join(PAGE, "main.tsx"), table: join(PAGE, "table-main.tsx") },
    absWorkingDir: ROOT,
    outdir: "out",
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    tsconfig: join(PAGE, "tsconfig.json"),
  });
  const style = await build({
    stdin: {
      contents: '@import "uplot/dist/uPlot.min.css"; @import "./page.css";',
      resolveDir: PAGE,
      loader: "css",
    },
    absWorkingDir: ROOT,
    write: false,
    bundle: true,
    minify: true,
    legalComments: "none",
  });
  const textOf = (name: string): string =>
    result.outputFiles.find(({ path }) => path.endsWith(name))?.text ?? "";
  const [script, table] = [textOf("page.js"), textOf("table.js")];
  const css = style.outputFiles[0]?.text ?? "";
  return [
    "// Written by `npm run page` from adapters/dashboard/page; a test holds it up to date. Bundles preact (MIT) and uPlot (MIT).",
    `export const PAGE_SCRIPT = ${JSON.stringify(script)};`,
    `export const TABLE_SCRIPT = ${JSON.stringify(table)};`,
    `export const PAGE_STYLE = ${JSON.stringify(css)};`,
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) writeFileSync(BUNDLE_FILE, await bundlePage());
