import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "../../build/bundle-program.ts";
import { lineMapSchema } from "../../config/devices/line-map.ts";
import { loadDeviceFile } from "../../config/devices/load-device-file.ts";
import { modbusMapSchema } from "../../config/devices/modbus-map.ts";

const page = readFileSync(join(ROOT, "docs/controller-maps.md"), "utf8");

interface Key {
  readonly path: string;
  /** As it is written in the page's column "absent". */
  readonly absent: string | undefined;
}
type Schema = z.core.JSONSchema.JSONSchema;

/** Every key of a schema that is no block of others, e.g. `state.ready`; what lists hold is its own. */
function keysOf(schema: Schema, above = ""): Key[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as Schema[];
  if (alternatives.length > 0) return alternatives.flatMap((one) => keysOf(one, above));
  const values = schema.additionalProperties;
  if (typeof values === "object") return keysOf(values as Schema, `${above}NAME.`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const one = value as Schema;
    const inside = one.type === "array" ? [] : keysOf(one, `${above}${name}.`);
    const isNeeded = schema.required?.includes(name) === true;
    const usual = one.default === undefined ? undefined : `\`${asWritten(one.default)}\``;
    const own = { path: `${above}${name}`, absent: isNeeded ? "needed" : usual };
    return inside.length > 0 ? inside : [own];
  });
}

function asWritten(value: unknown): string {
  return typeof value === "string" && value !== "\n" ? value : JSON.stringify(value);
}

/** The rows of one table of the page: key, and what is said where it is absent. */
function rowsOf(heading: string): Map<string, string> {
  const [, section = ""] = page.split(`## ${heading}\n`);
  const rows = section.split("\n## ")[0]?.matchAll(/^\| `([^`]+)` \|[^|]*\| ([^|]*) \|/gm) ?? [];
  return new Map([...rows].map(([, key = "", absent = ""]) => [key, absent]));
}

const modbus = keysOf(z.toJSONSchema(modbusMapSchema, { io: "input" }));
const line = keysOf(z.toJSONSchema(lineMapSchema, { io: "input" }));

test("every key of a map on Modbus stands on the page with what is so without it, and no other", () => {
  const rows = rowsOf("Every key of a map on Modbus");
  expect(modbus.length).toBeGreaterThan(70);
  expect([...rows.keys()].sort()).toEqual([...new Set(modbus.map(({ path }) => path))].sort());
  const wrong = modbus.filter(
    ({ path, absent }) => absent !== undefined && rows.get(path) !== absent,
  );
  expect(wrong).toEqual([]);
});

test("every key of a definition in lines that is not of both", () => {
  const rows = rowsOf("Every key of a definition in lines");
  const own = line.filter(({ path }) => rows.has(path));
  const missing = line.filter(
    ({ path }) => !rows.has(path) && !/^(version|model|source|kind|line|thermal)\b/.test(path),
  );
  expect(missing).toEqual([]);
  expect([...rows.keys()].filter((key) => !line.some(({ path }) => path === key))).toEqual([]);
  expect(
    own.filter(({ path, absent }) => absent !== undefined && rows.get(path) !== absent),
  ).toEqual([]);
});

test("its whole example is a map without mistakes", () => {
  const [, example = ""] = /```yaml\n(version: 1[\s\S]*?)```/.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "tieline-example-map-"));
  const file = join(folder, "example-100.yaml");
  writeFileSync(file, example);
  try {
    const map = loadDeviceFile(file, modbusMapSchema);
    expect(map).toMatchObject({ model: "Example 100", course: { by: "setPoint", rate: "rate" } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
