import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBuilt, ROOT } from "../../build/bundle-program.ts";

/** What may be in the package; anything else is an oversight. */
const CONTENTS = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(src|machines|simulators|adapters|config)\/([\w/-]+\.d\.ts|([\w-]+\/)*(index|main)\.js)$/,
  /^dist\/(chunks|threads)\/[\w-]+\.js$/,
  /^dist\/contract\/[\w/.-]+\.(json|yaml|md)$/,
  /^dist\/contract\/tieline_client\.py$/,
  /^dist\/fonts\/(DejaVuSans(-Bold)?\.ttf|LICENSE)$/,
  /^dist\/THIRD-PARTY\.txt$/,
  /^docs\/((decisions|tutorials)\/)?[\w-]+\.md$/,
  /^docs\/images\/[\w/-]+\.(png|svg)$/,
  /^config\/[\w.-]+\.yaml$/,
  /^config\/gateways\/[\w-]+\.yaml$/,
  /^config\/silicon\//,
  /^config\/patterns\/(lines|references)\/[\w-]+\.(csv|cif)$/,
  /^examples\/(cards\/)?[\w.-]+\.(md|yaml|csv|json|xy|mjs|cif|xyz\.gz|lammpstrj\.gz)$/,
  /^examples\/python\/\w+\.(py|ipynb)$/,
  /^examples\/monitoring\/[\w-]+\.(yml|json)$/,
  /^simulators\/truths\/[\w.-]+\.(csv|json|md)$/,
];
const TARBALL_bytes_max = 8e6;
/** Of the folder of an installation, packages that it needs included. */
const INSTALLED_bytes_max = 35e6;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** In CI a package that is not built is a failure, not a reason to skip. */
const isThere = isBuilt() || process.env["CI"] === "true";
if (!isThere)
  process.stderr.write("\ndist is not of these sources (npm run build): no package was tested\n");

describe.runIf(isThere)("the package", () => {
  let folder: string;
  let packed: Packed;
  const command = (file: string, ...words: string[]): string =>
    execFileSync(file, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const tieline = (...words: string[]): string =>
    command("npx", "--no-install", "tieline", ...words);

  beforeAll(() => {
    expect(isBuilt(), "dist is not of these sources: npm run build").toBe(true);
    folder = mkdtempSync(join(tmpdir(), "tieline-package-"));
    const pack = ["pack", ROOT, "--json", "--ignore-scripts", "--pack-destination", folder];
    [packed] = JSON.parse(command("npm", ...pack)) as [Packed];
    writeFileSync(join(folder, "package.json"), '{ "name": "laboratory", "type": "module" }\n');
    const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"];
    command("npm", "install", ...quiet, join(folder, packed.filename));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("holds the program, its documents and examples, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const strange = paths.filter((path) => !CONTENTS.some((pattern) => pattern.test(path)));
    expect(strange).toEqual([]);
    const unmatched = CONTENTS.filter((pattern) => !paths.some((path) => pattern.test(path)));
    expect(unmatched).toEqual([]);
    expect(packed.size).toBeLessThan(TARBALL_bytes_max);
  });

  test("is small when it is installed, with exact versions of what it needs", () => {
    expect(sizeOf(join(folder, "node_modules"))).toBeLessThan(INSTALLED_bytes_max);
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    for (const version of Object.values(manifest.dependencies))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("names the licence of each package that it contains", () => {
    const text = readFileSync(join(folder, "node_modules/tieline/dist/THIRD-PARTY.txt"), "utf8");
    for (const name of ["mqtt", "aedes", "zod", "hono", "pino"])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+.* \\(MIT\\)$`, "m"));
  });

  test("in an empty folder a campaign runs to its end, and its log replays", () => {
    const text = readFileSync(join(folder, "node_modules/tieline/config/default.yaml"), "utf8");
    const config = text
      .replace("port: 1883", "port: 0")
      .replace(/ {2}webSocketPort: \d+\n/, "")
      .replace("port: 8080", "port: 0")
      .replace("budget: 60", "budget: 8");
    writeFileSync(join(folder, "lab.yaml"), config);
    const run = ["--config", "lab.yaml", "--until-done", "--speed", "1000"];
    const last = tieline("start", ...run);
    expect(last).toContain("budgetExhausted  measured 8/8");
    expect(last).toContain("ended because its budget is spent");
    expect(tieline("replay", "--verify")).toContain("proposals agree");
  });

  test("its threads, its data and its letters are found", () => {
    const rows = ["x,y,phase", "0,0,a", "1,0,b", "0,1,", "1,1,", "0.5,0.5,", "0.5,0,", "0,0.5,"];
    writeFileSync(join(folder, "table.csv"), `${rows.join("\n")}\n`);
    const suggest = ["suggest", "--candidates", "table.csv", "--goal", "phase-diagram"];
    tieline(...suggest, "--plot", "map.png", "--json");
    expect(readFileSync(join(folder, "map.png")).subarray(1, 4).toString()).toBe("PNG");
    const silicon = join(folder, "node_modules/tieline/config/structure-map.example.yaml");
    const config = readFileSync(silicon, "utf8")
      .replace("port: 1883", "port: 0")
      .replace("port: 8080", "port: 0")
      .replace("budget: 12", "budget: 3")
      .replaceAll("silicon/", "node_modules/tieline/config/silicon/");
    writeFileSync(join(folder, "silicon.yaml"), config);
    const run = [
      "--config",
      "silicon.yaml",
      "--data",
      "silicon",
      "--until-done",
      "--speed",
      "6000",
    ];
    expect(tieline("start", ...run)).toMatch(/measured 3\/3 {2}phases [1-3]/);
  });

  test("its doors open, with types", () => {
    writeFileSync(
      join(folder, "doors.ts"),
      `import { composeLoop, createMemoryEventLog, type LabEvent } from "tieline";
import { jobMachine, JOB_TIMES } from "tieline/machines";
import { createPhaseMap, fitProcess, type NextPlace } from "tieline/models";
import { runSimulation } from "tieline/simulators";
import { createTaskDevice, openGateway, type Device } from "tieline/gateway";
import { createFactInterpreter, type Interpreter } from "tieline/interpreters";
const device: Device = createTaskDevice({ kind: "k", capabilities: [], run: () => ({ observations: [] }) });
const peak: Interpreter<"curve", number> = {
  name: "peak",
  takes: "curve",
  gives: "objective",
  settings: (spec) => (spec.goal === "optimise" ? 1 : undefined),
  interpret: ({ values, unit }, factor) => ({ kind: "objective", name: "peak", value: factor * Math.max(...values), unit }),
};
const kinds: readonly string[] = [composeLoop, createMemoryEventLog, runSimulation].map((one) => typeof one);
const none: readonly LabEvent[] = [];
const opened = [openGateway, createFactInterpreter].every((one) => typeof one === "function");
const map = createPhaseMap({ axes: ["x"], values: Float64Array.of(0, 0.5, 1) });
map.learn({ row: 0, phases: ["a"] });
const next: readonly NextPlace[] = map.propose(1);
const { mean } = fitProcess({ columns: 1, x: [0, 1, 2], y: [1, 1, 1] }).predict([1]);
process.stdout.write(JSON.stringify([kinds, jobMachine.id, typeof JOB_TIMES, none.length, next.length, mean[0], opened, device.kind, peak.name]));
`,
    );
    const types = join(ROOT, "node_modules/@types");
    const strict = ["--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck"];
    command(
      join(ROOT, "node_modules/.bin/tsc"),
      ...strict,
      ...["--typeRoots", types, "--types", "node", "--ignoreConfig", "doors.ts"],
    );
    expect(JSON.parse(command(process.execPath, "doors.js"))).toEqual([
      ["function", "function", "function"],
      "job",
      "object",
      0,
      1,
      1,
      true,
      "k",
      "peak",
    ]);
  });

  test("the example of docs/models.md runs from it", () => {
    const example = readFileSync(join(ROOT, "examples/models-library.mjs"), "utf8");
    writeFileSync(join(folder, "example.mjs"), example);
    const printed = command(process.execPath, "example.mjs").trim();
    expect(readFileSync(join(ROOT, "docs/models.md"), "utf8")).toContain(printed);
  });
});

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => {
      const { size } = statSync(join(entry.parentPath, entry.name));
      // A file takes whole blocks of the disk, as `du` counts them.
      return sum + Math.ceil(size / 4096) * 4096;
    }, 0);
}
