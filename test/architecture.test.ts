import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { VERSION } from "../src/core/version.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const LINE_CHARACTERS_MAX = 160; // the formatter keeps code at 100; long strings, tables and comments may pass it

/** Folder -> the folders of ours that it may import. Longest prefix wins. Packages and `node:` are listed by name. */
const RULES: Record<
  string,
  { ours: string[]; typesOnly?: string[]; packages?: string[]; node?: boolean }
> = {
  "src/core": { ours: [], packages: [] },
  "src/domain": { ours: ["src/core"], packages: [] },
  "src/numeric": {
    ours: ["src/core"],
    packages: ["ml-matrix", "simple-statistics", "robust-predicates"],
  },
  "src/events": { ours: ["src/core", "src/domain"], packages: ["zod"] },
  "src/models": {
    ours: ["src/core", "src/numeric"],
    packages: ["ml-matrix", "simple-statistics", "robust-predicates"],
  },
  "src/planning": {
    ours: ["src/core", "src/domain", "src/models", "src/numeric"],
    packages: ["simple-statistics"],
  },
  "src/views": {
    ours: ["src/core", "src/domain", "src/events"],
    typesOnly: ["machines"],
    packages: [],
  },
  machines: { ours: ["src/core", "src/domain", "src/events"], packages: ["xstate"] },
  adapters: { ours: ["src/core", "src/domain", "src/events", "src/views"], node: true },
  "adapters/dashboard": {
    ours: ["src/core", "src/domain", "src/events", "src/views", "src/tables", "adapters/exports"],
    node: true,
  },
  "adapters/planner-worker": {
    ours: ["src/core", "src/domain", "src/events", "src/views", "src/planning", "adapters/system"],
    node: true,
  },
  "adapters/gateway": {
    ours: [
      "src/core",
      "src/domain",
      "src/events",
      "adapters/mqtt",
      "adapters/storage",
      "adapters/system",
    ],
    node: true,
  },
  /** The agent's side of an examination: nothing of the daemon's. */
  "adapters/conformance": { ours: ["src/core", "src/domain", "adapters/mqtt"], node: true },
  /** Devices of the shops: each behind the gateway, by definitions that config checks. */
  "adapters/devices": {
    ours: ["src/core", "src/domain", "adapters/gateway", "adapters/system"],
    typesOnly: ["config/devices"],
    node: true,
  },
  "adapters/interpreters": {
    ours: [
      "src/core",
      "src/domain",
      "src/events",
      "src/views",
      "src/planning",
      "src/models/diffraction",
      "adapters/patterns",
      "adapters/frames",
      "adapters/mqtt",
      "adapters/system",
    ],
    node: true,
  },
  "adapters/patterns": { ours: ["src/core", "src/models"], node: true },
  "adapters/photos": { ours: ["src/core", "src/domain", "adapters/system"], node: true },
  "adapters/runners": {
    ours: [
      "src/core",
      "src/domain",
      "src/events",
      "src/planning",
      "adapters/frames",
      "adapters/gateway",
      "adapters/system",
    ],
    node: true,
  },
  "src/tables": { ours: ["src/core", "src/domain"], packages: ["csv-parse"], node: true },
  "src/evaluation": {
    ours: ["src/core", "src/domain", "src/models", "src/numeric", "src/planning", "src/tables"],
    packages: ["simple-statistics"],
    node: true,
  },
  "src/replay": { ours: ["src", "machines", "adapters/storage", "adapters/system"], node: true },
  config: {
    // The names of scores stand once, with the scores.
    ours: ["src/core", "src/domain", "src/tables", "src/planning/optimise/scores"],
    packages: ["zod", "yaml", "csv-parse"],
    node: true,
  },
  "src/runtime": { ours: ["src/core", "src/domain", "src/events", "machines"], packages: [] },
  simulators: { ours: ["src/core", "src/domain", "src/numeric", "src/index.ts"], node: true },
  "src/cli": { ours: ["src", "machines", "adapters", "config", "simulators"], node: true },
  "src/daemon.ts": { ours: ["src", "machines", "adapters", "config", "simulators"], node: true },
  "src/compose-loop.ts": { ours: ["src", "machines", "adapters/mqtt"], node: true },
  "src/index.ts": { ours: ["src", "machines", "adapters", "config"], node: true },
  "src/main.ts": { ours: ["src/cli", "src/core"], node: true },
};

/** Calls that would make the pure part depend on the world. */
const PURE = ["machines", "src/domain", "src/numeric", "src/models", "src/planning", "src/core"];
const IMPURE =
  /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|performance\.now|process\.env|process\.argv)\b/;

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = ["src", "machines", "adapters", "config", "simulators"].flatMap((folder) =>
  listSources(join(ROOT, folder)),
);

describe("the architecture", () => {
  test("every import goes in the allowed direction", () => {
    const problems = files.flatMap((file) =>
      importsOf(file).flatMap((found) => judge(file, found)),
    );
    expect(problems).toEqual([]);
  });

  test("no imports go in a circle", () => {
    expect(circlesOf(files)).toEqual([]);
  });

  test("the check of circles finds one", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["a"]],
    ]);
    expect(circlesIn(graph)).toEqual([["a", "b", "c"]]);
  });

  test("the check itself notices a wrong import", () => {
    expect(
      judge("adapters/mqtt/x.ts", { target: "machines/job.ts", typeOnly: false }),
    ).toHaveLength(1);
    expect(judge("machines/job.ts", { target: "node:fs", typeOnly: false })).toHaveLength(1);
    expect(judge("src/views/x.ts", { target: "machines/job.ts", typeOnly: true })).toEqual([]);
  });

  test("time and randomness come through ports in the pure part", () => {
    const problems = files
      .filter((file) => PURE.some((folder) => file.startsWith(`${folder}/`)))
      .flatMap((file) =>
        codeLines(file).flatMap((line, k) =>
          IMPURE.test(line) ? [`${file}:${k + 1} ${line.trim()}`] : [],
        ),
      );
    expect(problems).toEqual([]);
  });

  test("no program is started with the laboratory's secrets in its environment", () => {
    const starts = files.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      if (!text.includes('"node:child_process"')) return [];
      const calls = text.split(/(?<![.\w])(?:spawn|exec|execFile|fork)(?:Sync)?\(/).slice(1);
      return calls.map((call) => ({ file, settings: call.split("});")[0] ?? "" }));
    });
    expect(starts.length).toBeGreaterThan(3);
    const isClean = /\benv: (childEnvironment\(|\{ PATH)/;
    expect(starts.filter(({ settings }) => !isClean.test(settings))).toEqual([]);
  });

  test(`no file is longer than ${FILE_LINES_MAX} lines, no line wider than ${LINE_CHARACTERS_MAX}`, () => {
    const problems = files.flatMap((file) => {
      const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
      const wide = lines.flatMap((line, k) =>
        line.length > LINE_CHARACTERS_MAX ? [`${file}:${k + 1} has ${line.length} characters`] : [],
      );
      return lines.length > FILE_LINES_MAX + 1
        ? [`${file} has ${lines.length} lines; split its two ideas`, ...wide]
        : wide;
    });
    expect(problems).toEqual([]);
  });

  test(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
    expect(files.flatMap(longFunctions)).toEqual([]);
  });

  test("the version is that of package.json", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    expect(VERSION).toBe(manifest.version);
  });
});

function listSources(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return listSources(path);
      // The page's browser files have rules of their own (page.test.ts); the bundle is written by a program.
      const isPage = path.includes("adapters/dashboard/page/") || name === "page-bundle.ts";
      return /\.tsx?$/.test(name) && !isPage ? [relative(ROOT, path)] : [];
    })
    .sort();
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|import\("([^"]+)"\)/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[2] ?? match[3] ?? match[4] ?? "";
    const target = specifier.startsWith(".")
      ? normalize(join(dirname(file), specifier))
      : specifier;
    return { target, typeOnly: match[1] !== undefined };
  });
}

function circlesOf(sources: readonly string[]): string[][] {
  const known = new Set(sources);
  return circlesIn(
    new Map(
      sources.map((file) => [
        file,
        importsOf(file).flatMap(({ target }) => (known.has(target) ? [target] : [])),
      ]),
    ),
  );
}

/** Strongly connected components of more than one file (Tarjan, SIAM J. Comput. 1, 146, 1972), each in its own order. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next))
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next) ?? 0));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

function judge(file: string, found: Import): string[] {
  const folder = Object.keys(RULES)
    .filter((name) => file === name || file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)
    .at(0);
  if (folder === undefined)
    return [`${file} lies outside the layout; move it into a folder of the design`];
  const rule = RULES[folder];
  if (rule === undefined) return [];
  const { target } = found;
  const isOurs = ["src/", "machines/", "adapters/", "config/", "simulators/", "test/"].some((top) =>
    target.startsWith(top),
  );
  if (!isOurs) {
    if (target.startsWith("node:"))
      return rule.node ? [] : [`${file} imports ${target}; move that to an adapter`];
    if (rule.packages === undefined) return [];
    const allowed = rule.packages.some((name) => target === name || target.startsWith(`${name}/`));
    return allowed ? [] : [`${file} imports the package ${target}; move that to an adapter`];
  }
  const inside = (name: string): boolean => target === name || target.startsWith(`${name}/`);
  const ownFolder = folder.startsWith("adapters") ? file.split("/").slice(0, 2).join("/") : folder;
  if (inside(ownFolder) || rule.ours.some(inside)) return [];
  if (found.typeOnly && (rule.typesOnly ?? []).some(inside)) return [];
  return [`${file} imports ${target}; move it to a folder that may (see the design's table)`];
}

function codeLines(file: string): string[] {
  return readFileSync(join(ROOT, file), "utf8")
    .split("\n")
    .map((line) => (/^\s*(\*|\/\/|\/\*)/.test(line) ? "" : line));
}

/** Functions and methods by the formatter's indentation: a header that opens a block closes at the same indentation. */
function longFunctions(file: string): string[] {
  const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
  const header =
    /^(\s*)(?:export )?(?:async )?(?:function\b|(?:get |set |static |private |readonly )*[\w#]+\(|const \w+ = (?:async )?\()/;
  return lines.flatMap((line, start) => {
    const match = header.exec(line);
    if (match === null || !/(\{|\()$/.test(line.trimEnd())) return [];
    const end = lines.findIndex(
      (other, k) => k > start && new RegExp(`^${match[1]}\\}`).test(other),
    );
    const isControl = /^\s*(if|for|while|switch|catch|describe|test|it|return)\b/.test(line);
    // A signature over several lines ends in `) {`; one without a body (an interface) does not.
    const close = lines.findIndex(
      (other, k) => k > start && new RegExp(`^${match[1]}\\)`).test(other),
    );
    if (line.trimEnd().endsWith("(") && !lines[close]?.trimEnd().endsWith("{")) return [];
    const length = end - start + 1;
    return !isControl && end > 0 && length > FUNCTION_LINES_MAX
      ? [`${file}:${start + 1} a function of ${length} lines`]
      : [];
  });
}
