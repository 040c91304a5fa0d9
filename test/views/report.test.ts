import { describe, expect, test } from "vitest";
import { candidateColumns } from "../../src/tables/candidate-columns.ts";
import { createExportFold } from "../../src/views/export-document.ts";
import { reportHtml } from "../../src/views/report.ts";
import { createScriptedLaboratory } from "../support/scripted-laboratory.ts";

function report(): string {
  const laboratory = createScriptedLaboratory();
  for (let k = 0; k < 5; k++) {
    laboratory.propose(3);
    while (laboratory.finishOne());
  }
  const fold = createExportFold({ site: "<lab>", version: "0.1.0", state: laboratory.state });
  for (const event of laboratory.events) fold.fold(event);
  const document = fold.document("al-mg-zn");
  if (document === undefined) throw new Error("no document");
  return reportHtml({
    document,
    columns: candidateColumns(laboratory.candidates).columns,
    view: laboratory.plannerView(),
    snapshots: [{ results: 7, view: laboratory.plannerView(7) }],
    lessons: [{ position: document.observations[3]?.position ?? 0, said: "same", changed: 0.25 }],
    runtime: "v20.20.2",
    commands: ["tieline replay --data ./data --verify"],
    madeAt: "2026-11-23T10:00:00Z",
  });
}

describe("the report", () => {
  const html = report();

  test("stands alone: no script, nothing from the network", () => {
    expect(html).not.toMatch(/<script|<link|src=|@import/);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:/);
  });

  test("holds question, map, history, model and how to reproduce it", () => {
    for (const part of [
      "Question and result",
      "Map",
      "Which phases are stable where?",
      "After 7 results",
      "How the model learnt",
      "Measurements, and what each taught",
      "Model and its quality",
      "Settings",
      "How to reproduce it",
      "tieline replay --data ./data --verify",
    ]) {
      expect(html).toContain(part);
    }
    expect(html.match(/<tr><td>\d+<\/td><td>2026/g)).toHaveLength(15);
  });

  test("says of each measurement what it taught: first phases, and how much of the map changed", () => {
    expect(html).toMatch(/<td>first [^<]+<\/td>/);
    expect(html).toContain("changed 25 % of the map");
    expect(html).toContain("v20.20.2");
  });

  test("calls phases as people do, in tables and pictures, and keeps the ids in the settings", () => {
    expect(html).toMatch(/fcc\+(hcp\+)?(zn\+)?τ/);
    expect(html.replace(/<pre>.*?<\/pre>/gs, "")).not.toMatch(/\btau\b/);
  });

  test("escapes what users wrote and repeats no id among its pictures", () => {
    expect(html).toContain("&lt;lab&gt;");
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
