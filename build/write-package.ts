import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Metafile } from "esbuild";
import { bundleProgram, doorsOf, noteSources, ROOT, readManifest } from "./bundle-program.ts";

const DIST = join(ROOT, "dist");

/** A module of ours in an import, by its source's name. */
const RELATIVE = /"(\.{1,2}\/[^"]+)\.[jt]s"/g;
/** Licence files, as packages name them. */
const LICENCE = /^(licen[cs]e|copying|copyright)/i;

/** Writes `dist`: the bundled program, the types of its doors, the wire contract's documents and the licences of what it holds. */
async function writePackage(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  keepTypesOfDoors();
  const bundled = await bundleProgram(DIST);
  writeFileSync(join(DIST, "THIRD-PARTY.txt"), licences(bundled));
  execFileSync(process.execPath, ["dist/src/main.js", "contract", "--out", "dist/contract"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  noteSources();
}

/** Keeps the declaration files that a door reaches, under the names that importers know: most of the tree is nobody's business. */
function keepTypesOfDoors(): void {
  const kept = new Set<string>();
  const waiting = doorsOf(readManifest()).map(({ out }) => join(DIST, `${out}.d.ts`));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (kept.has(file)) continue;
    kept.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, module] of text.matchAll(RELATIVE))
      waiting.push(`${resolve(dirname(file), module!)}.d.ts`);
    writeFileSync(file, text.replaceAll(RELATIVE, '"$1.js"'));
  }
  for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(file)) rmSync(file);
  }
}

/** Name, version and licence text of each package that the bundle holds. */
function licences(bundled: Metafile): string {
  const folders = new Set(
    Object.values(bundled.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).flatMap((file) => {
        const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
        return found === null ? [] : [found[1]!];
      }),
    ),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(ROOT, folder, "package.json"), "utf8"),
    ) as { name: string; version: string; license?: string };
    const file = readdirSync(join(ROOT, folder)).find((entry) => LICENCE.test(entry));
    const text = file === undefined ? "" : readFileSync(join(ROOT, folder, file), "utf8").trim();
    return `${name} ${version} (${license ?? "licence in its text"})\n\n${text}\n`;
  });
  const head = "Packages that the files of this folder contain, each under its own licence.\n";
  return [head, ...texts].join(`\n${"-".repeat(80)}\n\n`);
}

await writePackage();
