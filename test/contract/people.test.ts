import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { createAskDesk } from "../../adapters/devices/asked/ask-desk.ts";
import { openPhotoStore } from "../../adapters/photos/photo-store.ts";
import { configurationSchema } from "../../config/schema.ts";
import { createPage } from "../../src/cli/start/start-page.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { Daemon } from "../../src/daemon.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { listTodos } from "../../src/runtime/todos.ts";
import type { ExportDocument } from "../../src/views/export-document.ts";
import { tieline } from "../support/command-line.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { MiniInstrument } from "./mini-instrument.ts";
import { BROKERS, cleanUp, connect, eventsOf, makeFolder, startDaemon } from "./running-daemon.ts";

const ALLOYS = (limit_s: number) => `campaigns:
  - id: alloys
    goal: optimise
    autoStart: true
    budget: 3
    inFlight: 2
    space: { kind: grid, axes: [{ name: temperature_K, values: [500, 600, 700, 800] }] }
    model: { objectives: [{ name: strength, direction: max, unit: MPa }], initial: 2 }
    recipe:
      - capability: polish
        by: person
        instructions: Cut, mount, polish to 1 um.
        place: desiccator 2
        asks: [{ name: mass, unit: g, min: 0, max: 10 }]
        timeLimit_s: ${limit_s}
      - { capability: tensile, by: person, parameters: { temperature_K: { axis: temperature_K } } }
`;

/** The log replayed ends where the daemon is. */
async function expectReplay(daemon: Daemon): Promise<void> {
  let events = await eventsOf(daemon);
  while (events.length !== daemon.lab.position) events = await eventsOf(daemon);
  const lab = createLab();
  for (const event of events) applyEvent(lab, event);
  expect(listTodos(lab)).toEqual(listTodos(daemon.lab));
  expect([...lab.results]).toEqual([...daemon.lab.results]);
  expect([...lab.replies]).toEqual([...daemon.lab.replies]);
  expect(lab.unexpected).toBe(0);
}

const at = (daemon: Daemon, by = "ada") =>
  ["--broker", daemon.brokerUrl, "--site", SITE, "--by", by] as const;
const todos = (daemon: Daemon) => daemon.view.todo().todos;
const jobIds = (daemon: Daemon) => todos(daemon).map(({ jobId }) => jobId);

describe("people at the bench", () => {
  test("see what is asked, are held to units and names, and end a step; all of it over a restart", async () => {
    const place = { broker: "{ port: 0 }" };
    const [folder, yaml] = [makeFolder(), ALLOYS(3600)];
    const first = await startDaemon(place, { folder, yaml });
    await until(() => todos(first).length === 2, "the list");
    const [one = "", two = ""] = jobIds(first);
    const list = await tieline("todo", "--broker", first.brokerUrl, "--site", SITE);
    expect(list.out).toContain(`${one}  polish  due in 60 min`);
    expect(list.out).toContain("desiccator 2");
    expect(list.out).toContain("report mass (g, 0..10)");

    const done = (job: string, ...words: string[]) =>
      tieline("todo", "done", job, ...words, ...at(first));
    for (const [words, why] of [
      [[], /mass is missing: it is asked for in g/],
      [["--value", "mass=3 K"], /mass is in K, but it is asked for in g/],
      [["--value", "mass=3 kg"], /mass = 3000 g cannot be true: asked for is 0 to 10/],
      [["--value", "mess=3 g"], /nobody asks for mess: did you mean "mass"\?/],
      [["--value", "mass=3", "--actual", "heat=3"], /heat is no set point of this step/],
    ] as const) {
      const { code, err } = await done(one, ...words);
      expect([code === 0, err]).toEqual([false, expect.stringMatching(why)]);
    }
    const photo = join(folder, "photo.jpg");
    writeFileSync(photo, "a photograph");
    expect((await done(one, "--value", "mass=1200 mg", "--file", photo)).code).toBe(0);
    const second = one.replace(".s1", ".s2");
    await until(() => jobIds(first).includes(second), "the next step");
    const again = await done(one, "--value", "mass=1 g");
    expect(again.err).toContain(`${one} is not on the list any more: it is done`);
    await tieline(
      ...["comment", "--campaign", "alloys", "--sample", second.replace(".s2", "")],
      ...["--reason", "a crack at the rim", ...at(first, "bob")],
    );
    await until(() => todos(first).some(({ comments }) => comments.length > 0), "the comment");
    await expectReplay(first);
    await first.stop();

    const daemon = await startDaemon(place, { folder, yaml });
    expect(daemon.lab.doubtful.size).toBe(0);
    expect(jobIds(daemon)).toEqual([two, second]);
    expect(todos(daemon)[1]?.comments).toMatchObject([{ by: "bob", text: "a crack at the rim" }]);
    const measured = await tieline(
      ...["todo", "done", second, "--value", "strength=0.41 GPa", "--note", "necked"],
      ...at(daemon),
    );
    expect(measured.code, measured.err).toBe(0);
    await until(() => daemon.view.campaign("alloys")?.observations.total === 1, "the result");
    expect(daemon.view.observations("alloys")).toMatchObject([
      { reportedBy: "ada", results: [{ name: "strength", value: 410, unit: "MPa" }] },
    ]);
    const failed = await tieline("todo", "failed", two, "--reason", "it broke", ...at(daemon));
    expect(failed.code, failed.err).toBe(0);
    const facts = (await eventsOf(daemon)).map(({ fact }) => fact);
    expect(facts.filter(({ type }) => type === "job.result")).toMatchObject([
      {
        observations: [{ name: "mass", value: 1.2, unit: "g" }],
        raw: [{ bytes: 12 }],
        reported: { by: "ada" },
      },
      { reported: { by: "ada", note: "necked" } },
    ]);
    expect(facts.find(({ type }) => type === "job.failed")).toMatchObject({
      reason: "it broke",
      retryable: false,
    });
    await expectReplay(daemon);
  });

  test("photograph: with a step, a comment and a told result; kept, shown, exported, and the same after a restart", async () => {
    const place = { broker: "{ port: 0 }" };
    const [folder, yaml] = [makeFolder(), ALLOYS(3600)];
    const daemon = await startDaemon(place, { folder, yaml });
    const store = openPhotoStore(join(folder, "log"));
    const configuration = configurationSchema.parse({ version: 1, page: { port: 0 } });
    const page = createPage(configuration, silentLogger, createAskDesk(""), store);
    cleanUp.push(() => page.stop());
    const url = await page.start(daemon);
    await until(() => todos(daemon).length === 2, "the list");
    const [one = ""] = jobIds(daemon);
    const photograph = (name: string): string => {
      const file = join(folder, name);
      writeFileSync(file, Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from(name)]));
      return file;
    };
    const say = async (...argv: string[]): Promise<void> => {
      const { code, err } = await tieline(...argv, "--page", url, ...at(daemon));
      expect(code, err).toBe(0);
    };
    await say("todo", "done", one, "--value", "mass=1", "--photo", photograph("step.jpg"));
    const second = one.replace(".s1", ".s2");
    await until(() => jobIds(daemon).includes(second), "the next step");
    const sample = ["--campaign", "alloys", "--sample", second.replace(".s2", "")];
    const rim = [photograph("rim.jpg"), photograph("lid.jpg")];
    await say("comment", ...sample, "--reason", "a crack", "--photo", ...rim);
    const told = ["--campaign", "alloys", "--point", "temperature_K=800"];
    await say("tell", ...told, "--value", "strength=300 MPa", "--photo", photograph("told.jpg"));
    await say(
      "todo",
      "done",
      second,
      "--value",
      "strength=410 MPa",
      "--photo",
      photograph("end.jpg"),
    );
    await until(() => daemon.view.campaign("alloys")?.observations.total === 2, "the results");
    const none = join(folder, "words.jpg");
    writeFileSync(none, "a photograph");
    const refused = await tieline(
      ...["comment", ...sample, "--reason", "x", "--photo", none, "--page", url, ...at(daemon)],
    );
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("TL-9008")]);
    const [comment] = daemon.view.campaign("alloys")?.comments ?? [];
    expect(comment?.photos).toHaveLength(2);
    const shown = await fetch(`${url}api/photo/${comment?.photos?.[0]?.sha256}`);
    expect(
      Buffer.from(await shown.arrayBuffer())
        .subarray(4)
        .toString(),
    ).toBe("rim.jpg");
    await daemon.stop();

    const data = ["--data", join(folder, "log")];
    const zip = join(folder, "lab.zip");
    const made = await tieline("export", "--format", "bundle", ...data, "--out", zip);
    expect(made.code, made.err).toBe(0);
    const files = unzipSync(readFileSync(zip));
    const kept = Object.keys(files).filter((name) => name.startsWith("photos/"));
    const names = kept.map((name) =>
      Buffer.from(files[name] ?? [])
        .subarray(4)
        .toString(),
    );
    expect(names.sort()).toEqual(["end.jpg", "lid.jpg", "rim.jpg", "step.jpg", "told.jpg"]);
    const document = JSON.parse(
      (await tieline("export", "--format", "json", ...data)).out,
    ) as ExportDocument;
    expect(document.observations.map(({ photos }) => photos?.length)).toEqual([1, 2]);
    expect(document.decisions.find(({ action }) => action === "comment")?.photos).toHaveLength(2);
    const again = await startDaemon(place, { folder, yaml });
    expect(again.view.campaign("alloys")?.comments).toMatchObject([{ photos: comment?.photos }]);
    await expectReplay(again);
  });

  test("are called when they are late, by name; nobody else speaks for them", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "ada.key"), "key of ada\n");
    const operators = "operators:\n  - { name: ada, may: [operate], keyFile: ada.key }\n";
    const place = (await BROKERS.at(-1)?.make()) ?? { broker: "{ port: 0 }" };
    const daemon = await startDaemon(place, { folder, yaml: operators + ALLOYS(0.2) });
    await until(() => todos(daemon).length === 2, "the list");
    const [one = ""] = jobIds(daemon);
    const overdue = () =>
      daemon.view
        .overview()
        .alarms.map(({ text }) => text)
        .join("\n");
    await until(() => overdue().includes(`polish of ${one} is overdue`), "the call");
    expect(jobIds(daemon)).toContain(one);
    const client = await connect(daemon.brokerUrl);
    const data = { jobId: one, attempt: 1, observations: [], simulated: false };
    await client.publishAsync(
      `tieline/v1/${SITE}/instrument/people/job/${one}/result`,
      JSON.stringify({
        ...{ specversion: "1.0", id: "x1", source: "instrument/people", data },
        ...{ type: "tieline.job.result", time: new Date().toISOString() },
      }),
      { qos: 1 },
    );
    const refused = () => daemon.view.overview().counters.quarantinedByReason;
    await until(() => refused().notItsInstrument === 1, "the refusal");
    expect(jobIds(daemon)).toContain(one);
    const words = ["todo", "done", one, "--value", "mass=1 g", ...at(daemon)];
    expect((await tieline(...words)).err).toContain("is not signed");
    expect((await tieline(...words, "--key-file", join(folder, "ada.key"))).code).toBe(0);
    const facts = (await eventsOf(daemon)).map(({ fact }) => fact);
    expect(facts.find(({ type }) => type === "job.result")).toMatchObject({
      reported: { by: "ada", identity: "verified" },
    });
    expect(overdue()).not.toContain(`polish of ${one}`);
  });
});

const MAP = `campaigns:
  - id: c1
    goal: phase-diagram
    budget: 4
    inFlight: 1
    space: { kind: simplex-grid, components: [Al, Mg, Zn], step: 0.2 }
    model: { known: [{ at: { Al: 1, Mg: 0, Zn: 0 }, phases: [FCC_A1] }, { at: { Al: 0, Mg: 1, Zn: 0 }, phases: [HCP_A3] }] }
    recipe:
      - capability: diffraction
        parameters: { Al: { axis: Al }, Mg: { axis: Mg }, Zn: { axis: Zn } }
`;

describe("results of earlier experiments", () => {
  test("are told from a table or by hand, once, cost nothing, and are taken back", async () => {
    const folder = makeFolder();
    const daemon = await startDaemon({ broker: "{ port: 0 }" }, { folder, yaml: MAP });
    const file = join(folder, "earlier.csv");
    writeFileSync(
      file,
      "Al,Mg,Zn,phases,sure\n0.8,0.2,0,FCC_A1,\n0.2,0.8,0,HCP_A3,0.9\n0.5,0.5,0,HCP_A3,\n0.2,0.2,0.6,HCP_A,\n0.6,0.4,0,,\n",
    );
    const tell = (...words: string[]) =>
      tieline("tell", ...words, "--campaign", "c1", ...at(daemon), "--reason", "thesis of 2019");
    const table = [file, "--label", "phases", "--confidence", "sure"];
    for (let k = 0; k < 2; k++) {
      const { out, err } = await tell(...table);
      expect(out).toContain("c1: 2 of 4 results are known now");
      expect(err).toMatch(/line 4: no candidate lies there; the nearest is/);
      expect(err).toMatch(/line 5: the campaign has not seen a phase HCP_A: did you mean "HCP_A3"/);
    }
    const typed = await tell(
      "--point",
      "Al=0.2,Mg=0.2,Zn=0.6",
      "--phases",
      "T+FCC_A1",
      "--new-phases",
    );
    expect(typed.code, typed.err).toBe(0);
    expect(daemon.view.campaign("c1")).toMatchObject({
      budget: { used: 0 },
      observations: { total: 3 },
    });
    const instrument = new MiniInstrument(daemon.brokerUrl);
    cleanUp.push(() => instrument.stop());
    await tieline("start-campaign", "--campaign", "c1", ...at(daemon));
    await until(() => daemon.view.campaign("c1")?.state === "budgetExhausted", "the end");
    const events = await eventsOf(daemon);
    const proposed = events.flatMap(({ fact }) =>
      fact.type === "planner.proposed" ? [fact.proposal.model.observations] : [],
    );
    expect(proposed[0]).toBe(3);
    const names = daemon.view.observations("c1").map(({ jobId }) => jobId);
    expect(names).toHaveLength(7);
    const wrong = await tieline(
      "withdraw",
      "--campaign",
      "c1",
      "--job",
      names[0] ?? "",
      ...at(daemon),
    );
    expect(wrong.code, wrong.err).toBe(0);
    expect(daemon.view.campaign("c1")?.observations.total).toBe(6);
    await expectReplay(daemon);
  });
});
