import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Metafile } from "esbuild";

export const ROOT = resolve(import.meta.dirname, "..");
/** What is built, and what is known about it, apart from the package itself. */
export const CACHE = join(ROOT, "node_modules/.cache/tieline");
const NOTE = join(CACHE, "dist-sources");
const SOURCES = ["src", "machines", "adapters", "config", "simulators"];
/** The letters of PNG pictures: two files of a package of 11 MB. */
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

export interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
}

/**
 * Bundles the program, each door of the package and each thread into `folder`, which may be `dist` or any other. What they share lies
 * in `chunks`; packages listed as `dependencies` stay imports, all others are taken in.
 *
 * @returns what esbuild put where
 */
export async function bundleProgram(folder: string): Promise<Metafile> {
  const { dependencies } = readManifest();
  const result = await build({
    entryPoints: [...doorsOf(readManifest()), ...threads()],
    absWorkingDir: ROOT,
    outdir: folder,
    bundle: true,
    splitting: true,
    metafile: true,
    write: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    external: Object.keys(dependencies),
    // Packages in CommonJS ask for Node's own modules by `require`, which an ES module does not have.
    banner: {
      js: [
        'import { createRequire as requireOf } from "node:module";',
        "const require = requireOf(import.meta.url);",
      ].join("\n"),
    },
    legalComments: "none",
    logLevel: "error",
  });
  copyFonts(join(folder, "fonts"));
  return result.metafile;
}

/** Entry points by where `bin` and `exports` of package.json say that they are: `./dist/src/main.js` is made of `src/main.ts`. */
export function doorsOf(manifest: Manifest): { in: string; out: string }[] {
  const targets = [
    ...Object.values(manifest.bin),
    ...Object.values(manifest.exports).map((door) =>
      typeof door === "string" ? door : door.default,
    ),
  ];
  return targets
    .filter((target) => target.endsWith(".js"))
    .map((target) => target.replace(/^(\.\/)?dist\//, "").replace(/\.js$/, ""))
    .map((name) => ({ in: `${name}.ts`, out: name }));
}

/** The modules that `startThread` and `startProcess` start, by their names; in the bundle they lie in one folder. */
function threads(): { in: string; out: string }[] {
  return SOURCES.flatMap((top) => sourcesIn(join(ROOT, top))).flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /start(?:Thread|Process)\(import\.meta\.url, "([^"]+)"/g,
      ),
    ].map(([, name]) => ({
      in: relative(ROOT, join(dirname(file), `${name}.ts`)),
      out: `threads/${name}`,
    })),
  );
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Changes with each source, each package's version and the bundler's settings. */
export function sourceDigest(): string {
  const hash = createHash("sha256");
  const files = [...SOURCES, "build"].flatMap((folder) => sourcesIn(join(ROOT, folder)));
  for (const file of [...files, join(ROOT, "package-lock.json"), join(ROOT, "package.json")])
    hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** Remembers that `dist` was built from the sources as they are. */
export function noteSources(): void {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(NOTE, sourceDigest());
}

/** Whether `dist` was built from the sources as they are. */
export function isBuilt(): boolean {
  return (
    existsSync(join(ROOT, "dist/src/main.js")) &&
    existsSync(NOTE) &&
    readFileSync(NOTE, "utf8") === sourceDigest()
  );
}

function copyFonts(folder: string): void {
  const from = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json");
  mkdirSync(folder, { recursive: true });
  for (const name of FONTS)
    writeFileSync(join(folder, name), readFileSync(join(dirname(from), "ttf", name)));
  writeFileSync(join(folder, "LICENSE"), readFileSync(join(dirname(from), "LICENSE")));
}
