import { parquetMetadata } from "hyparquet";
import { describe, expect, test } from "vitest";
import { parquetOf } from "../../adapters/exports/parquet.ts";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import { createExportFold } from "../../src/views/export-document.ts";
import { exportCsv, exportJsonLines, toCsv } from "../../src/views/export-text.ts";
import { createLabView } from "../../src/views/lab-view.ts";
import { RESULT_COLUMNS, resultRows } from "../../src/views/result-rows.ts";
import { createScriptedLaboratory } from "../support/scripted-laboratory.ts";

const message = { source: "test", id: "x" };

function exported(change?: (laboratory: ReturnType<typeof createScriptedLaboratory>) => void) {
  const laboratory = createScriptedLaboratory();
  laboratory.propose(3);
  laboratory.finishOne();
  laboratory.finishOne();
  change?.(laboratory);
  const fold = createExportFold({ site: "lab", version: "0.1.0", state: laboratory.state });
  for (const event of laboratory.events) fold.fold(event);
  const document = fold.document("al-mg-zn");
  if (document === undefined) throw new Error("no document");
  return document;
}

describe("the export document", () => {
  test("an observation has what earlier steps measured of its point, and is named by any job of its experiment", () => {
    const laboratory = createScriptedLaboratory();
    laboratory.propose(1);
    laboratory.finishOne();
    const command = { campaignId: "al-mg-zn", commandId: "w", by: "ada", message } as const;
    const action = { action: "withdraw", jobId: "synthesis" } as const;
    laboratory.write({ type: "operator.command", ...command, ...action });
    const { locateJob } = laboratory.state;
    const told = { actual: { Al: 0.51, T_K: 608 }, recipe: "simulation" };
    const state = {
      ...laboratory.state,
      locateJob: (id: string) => {
        const place = locateJob(id === "synthesis" ? "al-mg-zn.e1.s1" : id);
        return place && { ...place, ...told };
      },
    };
    const fold = createExportFold({ site: "lab", version: "0.1.0", state });
    const view = createLabView({ site: "lab", agentId: "a", state });
    for (const event of laboratory.events) {
      fold.fold(event);
      view.fold(event);
    }
    const document = fold.document("al-mg-zn");
    expect(document?.observations).toMatchObject([{ ...told, withdrawn: true }]);
    const seen = view.campaign("al-mg-zn")?.observations;
    expect(seen).toMatchObject({ total: 0, recent: [{ actual: told.actual }] });
    expect(seen?.withdrawn).toEqual([seen?.recent[0]?.position]);
    expect(view.observations("al-mg-zn")).toEqual([]);
  });

  test("has the fields that command-line.md fixes", () => {
    const document = exported();
    expect(document.campaign).toMatchObject({ campaignId: "al-mg-zn", budgetUsed: 2 });
    expect(document.observations).toHaveLength(2);
    expect(document.observations[0]).toMatchObject({
      candidateId: document.proposals[0]?.points[0]?.candidateId,
      jobId: "al-mg-zn.e1.s1",
      result: [{ kind: "phases" }],
    });
    expect(
      document.jobs.map(({ jobId, instrument, state, attempts, starts }) => ({
        jobId,
        instrument,
        state,
        attempts,
        starts,
      })),
    ).toEqual([
      { jobId: "al-mg-zn.e1.s1", instrument: "XRD1", state: "done", attempts: 1, starts: 1 },
      { jobId: "al-mg-zn.e2.s1", instrument: "XRD1", state: "done", attempts: 1, starts: 1 },
      { jobId: "al-mg-zn.e3.s1", instrument: "XRD1", state: "running", attempts: 1, starts: 0 },
    ]);
  });

  test("starts counts attempts, not messages: a repeated acceptance or result is the same start", () => {
    const about = { instrumentId: "XRD1", jobId: "al-mg-zn.e3.s1", message };
    const document = exported((laboratory) => {
      laboratory.write({ type: "job.accepted", attempt: 1, ...about });
      laboratory.write({ type: "job.accepted", attempt: 1, ...about });
      laboratory.write({ type: "job.progress", fraction: 0.1, attempt: 1, ...about });
    });
    expect(document.jobs[2]).toMatchObject({ starts: 1, attempts: 1 });
    const again = exported((laboratory) => {
      laboratory.write({ type: "job.accepted", attempt: 1, ...about });
      laboratory.write({ type: "job.unknown", ...about });
      laboratory.write({ type: "job.accepted", attempt: 2, ...about });
    });
    expect(again.jobs[2]).toMatchObject({ starts: 2, attempts: 2 });
  });

  test("a rejected job never started", () => {
    const document = exported((laboratory) => {
      laboratory.write({
        type: "job.rejected",
        instrumentId: "XRD1",
        jobId: "al-mg-zn.e3.s1",
        attempt: 1,
        reason: "busy",
        retryable: true,
        message,
      });
    });
    expect(document.jobs[2]?.starts).toBe(0);
  });
});

describe("the text forms", () => {
  test("CSV has one row an observation with the parameters and the phases", () => {
    const lines = exportCsv(exported()).trim().split("\n");
    expect(lines[0]).toBe("n,time,candidateId,jobId,withdrawn,Al,Mg,Zn,phases,confidence");
    expect(lines).toHaveLength(3);
  });

  test("before there is a result a table has its first columns all the same", () => {
    const none = { ...exported(), observations: [] };
    expect(exportCsv(none)).toBe("n,time,candidateId,jobId,withdrawn\n");
    const bytes = parquetOf(resultRows(none), {}, RESULT_COLUMNS).slice().buffer;
    const { schema, num_rows } = parquetMetadata(bytes);
    expect([num_rows, ...schema.slice(1).map(({ name }) => name)]).toEqual([0n, ...RESULT_COLUMNS]);
  });

  test("phases that were read from a pattern come with their probabilities", () => {
    const document = exported();
    const [first] = document.observations;
    if (first === undefined) throw new Error("no observation");
    const read: PhasesObservation = {
      kind: "phases",
      phases: ["A", "unknown-1"],
      confidence: 0.7,
      readFrom: "pattern",
      alternatives: [{ phases: ["A", "B", "unknown-1"], probability: 0.3 }],
      unfamiliar: { share: 0.1, d_A: [2.5] },
    };
    const odd = { ...first, parameters: {}, actual: undefined, result: [read] };
    const [header, row] = exportCsv({ ...document, observations: [odd] }).split("\n");
    expect(header).toBe(
      "n,time,candidateId,jobId,withdrawn,phases,confidence,p_A,p_unknown-1,p_B,alternatives,unexplained",
    );
    expect(row).toMatch(/,A\+unknown-1,0\.7,1,1,0\.3,A\+B\+unknown-1 0\.3,0\.1$/);
  });

  test("an axis named like a column of the export replaces nothing, a result named like an axis neither", () => {
    const document = exported();
    const [first] = document.observations;
    if (first === undefined) throw new Error("no observation");
    const yields = { kind: "objective", name: "Al", value: 7, unit: "1" } as const;
    const odd = { ...first, parameters: { time: 3, Al: 0.5 }, result: [yields] };
    const [header, row] = exportCsv({ ...document, observations: [odd] }).split("\n");
    expect(header).toBe("n,time,candidateId,jobId,withdrawn,axis_time,Al,result_Al");
    expect(row).toMatch(/,2026-[^,]+,.*,3,0\.5,7$/);
  });

  test("fields with commas, quotes and line ends survive a reader of RFC 4180", () => {
    expect(toCsv([{ a: 'x"y', b: "1,2" }, { a: "p\nq" }])).toBe('a,b\n"x""y","1,2"\n"p\nq",\n');
  });

  test("JSON lines name the kind of each line", () => {
    const kinds = exportJsonLines(exported())
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual([
      "campaign",
      "observation",
      "observation",
      "job",
      "job",
      "job",
      "proposal",
    ]);
  });
});
