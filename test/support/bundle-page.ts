import { writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build, type OutputFile } from "esbuild";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = join(ROOT, "adapters/dashboard/page");
export const BUNDLE_FILE = join(ROOT, "adapters/dashboard/page-bundle.ts");

/**
 * Bundles the page into the text of `adapters/dashboard/page-bundle.ts`, which is committed, so that users need no build
 * step and no bundler. `npm run page` writes it; a test fails where it is out of date.
 */
export async function bundlePage(): Promise<string> {
  const common = {
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
  } as const;
  const page = await build({
    ...{ ...common, splitting: true, metafile: true },
    entryPoints: { page: join(PAGE, "main.tsx") },
    chunkNames: "[name]-[hash]",
  });
  const whole = await build({
    ...common,
    entryPoints: { table: join(PAGE, "table-main.tsx") },
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
  const textOf = (files: readonly OutputFile[], name: string): string =>
    files.find(({ path }) => path.endsWith(name))?.text ?? "";
  const [script, table] = [
    textOf(page.outputFiles, "/page.js"),
    textOf(whole.outputFiles, "/table.js"),
  ];
  const modules = Object.fromEntries(
    page.outputFiles
      .map(({ path, text }) => [basename(path), text] as const)
      .filter(([name]) => name !== "page.js")
      .sort(([a], [b]) => a.localeCompare(b)),
  );
  const first = (page.metafile.outputs["out/page.js"]?.imports ?? [])
    .filter(({ kind }) => kind === "import-statement")
    .map(({ path }) => basename(path));
  const css = style.outputFiles[0]?.text ?? "";
  return [
    "// Written by `npm run page` from adapters/dashboard/page; a test holds it up to date. Bundles preact (MIT) and uPlot (MIT).",
    `export const PAGE_SCRIPT = ${JSON.stringify(script)};`,
    "/** Files of their own, by name: what the script imports, at once or when it is wanted. */",
    `export const PAGE_MODULES: Readonly<Record<string, string>> = ${JSON.stringify(modules)};`,
    `export const PAGE_MODULES_FIRST: readonly string[] = ${JSON.stringify(first)};`,
    `export const TABLE_SCRIPT = ${JSON.stringify(table)};`,
    `export const PAGE_STYLE = ${JSON.stringify(css)};`,
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) writeFileSync(BUNDLE_FILE, await bundlePage());
