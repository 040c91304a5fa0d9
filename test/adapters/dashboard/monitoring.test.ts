import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseTopic } from "../../../adapters/mqtt/topics.ts";
import { viewDocuments } from "../../../adapters/mqtt/view-schemas.ts";
import {
  type ScriptedDashboard,
  startScriptedDashboard,
} from "../../support/scripted-dashboard.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

let dashboard: ScriptedDashboard;
let served: string;
beforeAll(async () => {
  dashboard = await startScriptedDashboard({ approval: "supervised" });
  dashboard.laboratory.propose(3);
  dashboard.laboratory.finishOne();
  served = await (await fetch(`${dashboard.url}metrics`)).text();
});
afterAll(() => dashboard.stop());

/** Names in the text, the process's own and Prometheus' `up` left out. */
function namesIn(text: string): string[] {
  return [...new Set(text.match(/\btieline_(?!process_)\w+/g) ?? [])].sort();
}

function offered(): string[] {
  return [...served.matchAll(/^# TYPE (tieline_(?!process_)\w+) (\w+)$/gm)]
    .map(([, name = "", kind]) => {
      expect(name.endsWith("_total"), name).toBe(kind === "counter");
      return name;
    })
    .sort();
}

test("the page of docs explains every figure of /metrics and no other, each with its labels", () => {
  expect(namesIn(read("docs/metrics.md"))).toEqual(offered());
  const rows = read("docs/metrics.md")
    .split("\n")
    .filter((line) => line.startsWith("| `tieline_"));
  for (const [, name = "", labels = ""] of served.matchAll(
    /^(tieline_(?!process_)\w+)\{(.*)\} /gm,
  )) {
    const row = rows.find((line) => line.includes(`\`${name}\``)) ?? "";
    for (const [, label] of labels.matchAll(/(\w+)="/g)) expect(row).toContain(`\`${label}\``);
  }
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

test("every alert rule and every panel asks for figures that there are", () => {
  const { groups } = parse(read("examples/monitoring/tieline-alerts.yml")) as {
    groups: { rules: Rule[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, labels, annotations } of rules) {
    expect(["critical", "warning"], alert).toContain(labels.severity);
    expect(annotations.summary && annotations.description, alert).toBeTruthy();
    expect(offered(), alert).toEqual(expect.arrayContaining(namesIn(expr)));
    // A rate of a gauge, or the plain value of a counter, says nothing.
    for (const [, name] of expr.matchAll(/increase\((tieline_\w+)/g))
      expect(name).toMatch(/_total$/);
  }
  const { panels } = JSON.parse(read("examples/monitoring/grafana-dashboard.json")) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      expect(namesIn(expr).length, title).toBeGreaterThan(0);
      expect(offered(), title).toEqual(expect.arrayContaining(namesIn(expr)));
    }
  const { rule_files } = parse(read("examples/monitoring/prometheus.yml")) as {
    rule_files: string[];
  };
  expect(rule_files).toEqual(["tieline-alerts.yml"]);
});

describe("the dashboard's topics", () => {
  const ajv = new Ajv2020({ strict: false });
  const views = new Map(
    viewDocuments().map(({ file, content }) => [file.slice(5, -12), ajv.compile(content)]),
  );
  const dataOf = (view: string): unknown =>
    (JSON.parse(String(Buffer.from(dashboard.message(view).payload))) as { data: unknown }).data;

  test("carry what their schemas say that programs may rely on", () => {
    for (const [name, view] of [
      ["overview", "overview"],
      ["campaign", "campaign/al-mg-zn"],
      ["instrument", "instrument/XRD1"],
    ] as const) {
      const validate = views.get(name);
      expect(validate?.(dataOf(view)), JSON.stringify(validate?.errors)).toBe(true);
      expect(validate?.({})).toBe(false);
    }
  });

  test("drive the Node-RED flow: its topics are the contract's, its functions say what the views hold", () => {
    const nodes = JSON.parse(read("examples/monitoring/node-red-flow.json")) as {
      id: string;
      type: string;
      topic?: string;
      func?: string;
      broker?: string;
      wires?: string[][];
    }[];
    const ids = nodes.map(({ id }) => id);
    const saidBy = new Map<string, unknown>();
    for (const { type, topic = "", broker, wires = [] } of nodes) {
      for (const wire of wires.flat()) expect(ids).toContain(wire);
      if (type !== "mqtt in") continue;
      expect(ids).toContain(broker);
      const parsed = parseTopic("default", topic.replace("+", "al-mg-zn"));
      expect(parsed).toMatchObject({ message: expect.stringMatching(/^dashboard/) });
      const view = topic.includes("campaign") ? "campaign/al-mg-zn" : "overview";
      for (const wire of wires.flat()) {
        const { func = "", id } = nodes.find((node) => node.id === wire) ?? {};
        const memory = new Map<string, unknown>();
        const context = {
          get: (key: string) => memory.get(key),
          set: (key: string, value: unknown) => memory.set(key, value),
        };
        const run = new Function("msg", "context", func);
        const message = { payload: { data: dataOf(view) } };
        saidBy.set(id ?? "", run(message, context));
        if (id === "newest") expect(run(message, context)).toBe(null);
      }
    }
    expect(saidBy.get("newest")).toMatchObject({ topic: "al-mg-zn", payload: { n: 1 } });
    expect(saidBy.get("campaigns")).toMatchObject([[{ topic: "al-mg-zn" }]]);
    expect(JSON.stringify(saidBy.get("campaigns"))).toMatch(/1 of \d+ experiments, \d in flight/);
    expect(saidBy.get("alarms")).toBeInstanceOf(Array);
  });
});
