import { describe, expect, test } from "vitest";
import { connectOperator, type OperatorClient } from "../../adapters/mqtt/operator-client.ts";
import type { Daemon } from "../../src/daemon.ts";
import type { OperatorCommand } from "../../src/events/lab-fact.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createLab, type Lab } from "../../src/runtime/lab.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { MiniInstrument } from "./mini-instrument.ts";
import {
  BROKERS,
  campaignYaml,
  cleanUp,
  eventsOf,
  makeFolder,
  type Place,
  startDaemon,
} from "./running-daemon.ts";

interface Bench {
  readonly daemon: Daemon;
  readonly operator: OperatorClient;
  say(
    command: Omit<OperatorCommand, "campaignId" | "by"> & { readonly by?: string },
  ): ReturnType<OperatorClient["command"]>;
}

async function bench(place: Place, yaml: string, folder = makeFolder()): Promise<Bench> {
  const daemon = await startDaemon(place, { folder, yaml });
  const operator = await connectOperator({ url: daemon.brokerUrl, site: SITE });
  cleanUp.push(() => operator.close());
  return {
    daemon,
    operator,
    say: (command) => operator.command({ campaignId: "c1", by: "ada", ...command }),
  };
}

function addInstrument(daemon: Daemon): MiniInstrument {
  const instrument = new MiniInstrument(daemon.brokerUrl);
  cleanUp.push(() => instrument.stop());
  return instrument;
}

const SUPERVISED = campaignYaml(["budget: 12", "inFlight: 4", "approval: supervised"]);
const waitingOf = (daemon: Daemon) => daemon.view.campaign("c1")?.waiting;
const stateOf = (daemon: Daemon) => daemon.view.campaign("c1")?.state;

async function fillBatch({ daemon, say }: Bench, count: number): Promise<void> {
  await say({ action: "start" });
  await until(() => waitingOf(daemon)?.candidateIds.length === count, "the batch");
}

interface ShownBatch {
  readonly n: number;
  readonly approval: string;
  readonly points: readonly {
    readonly candidateId: string;
    readonly parameters: object;
    readonly why: string;
  }[];
}

/** What the batch topic says, once the broker has that batch. */
async function batchOnTopic(operator: OperatorClient, n: number): Promise<ShownBatch> {
  for (let k = 0; ; k++) {
    const shown = (await operator.retained("campaignBatch", "c1")) as ShownBatch;
    if (shown.n === n || k > 20) return shown;
  }
}

/** The log replayed ends where the daemon is: every decision is in it. */
async function expectReplay(daemon: Daemon): Promise<void> {
  let events = await eventsOf(daemon);
  while (events.length !== daemon.lab.position) events = await eventsOf(daemon);
  const lab = createLab();
  for (const event of events) applyEvent(lab, event);
  const shape = ({ machines, specs, replies, configured }: Lab): string =>
    JSON.stringify({
      campaign: machines.campaign.get("c1")?.context,
      experiments: [...machines.experiment].map(([id, { states }]) => [id, states]),
      specs: [...specs],
      configured: [...configured],
      replies: [...replies],
    });
  expect(JSON.parse(shape(lab))).toEqual(JSON.parse(shape(daemon.lab)));
}

describe.each(BROKERS)("consent on $name", ({ make }) => {
  test("the waiting batch is every waiting point, and an approval of it covers those and no others", async () => {
    const lab = await bench(await make(), SUPERVISED);
    const { daemon, operator, say } = lab;
    const instrument = addInstrument(daemon);
    await fillBatch(lab, 4);
    const first = waitingOf(daemon);
    const [one = "", two = ""] = first?.candidateIds ?? [];
    // One of the four goes; a new point joins the three that still wait.
    const partly = await say({ action: "approve", batch: first?.batch, candidateIds: [one] });
    expect(partly).toMatchObject({ accepted: true, candidateIds: [one] });
    await until(() => instrument.started.length === 1, "its job");
    await until(() => (waitingOf(daemon)?.batch ?? 0) > (first?.batch ?? 0), "the next batch");
    await until(
      () => waitingOf(daemon)?.candidateIds.length === 4,
      "three old points and a new one",
    );
    const second = waitingOf(daemon);
    const joined = second?.candidateIds.filter((id) => !first?.candidateIds.includes(id)) ?? [];
    expect(joined).toHaveLength(1);
    // Everywhere: the topic (which tieline status reads), the page's view, each with parameters and reason.
    const shown = await batchOnTopic(operator, second?.batch ?? 0);
    expect(shown).toMatchObject({ n: second?.batch, approval: "waiting" });
    expect(shown.points.map((point) => point.candidateId)).toEqual(second?.candidateIds);
    expect(shown.points.every(({ why, parameters }) => why !== "" && "Al" in parameters)).toBe(
      true,
    );
    expect(daemon.view.campaign("c1")?.batch?.points.map((p) => p.candidateId)).toEqual(
      second?.candidateIds,
    );
    // Who read batch 1 and says so later releases what it showed and still waits; the new point stays.
    const old = await say({ action: "approve", batch: first?.batch });
    expect(old.accepted).toBe(true);
    expect([...(old.candidateIds ?? [])].sort()).toEqual(
      first?.candidateIds.filter((id) => id !== one).sort(),
    );
    expect(old.candidateIds).toContain(two);
    await until(() => instrument.started.length === 4, "the three jobs");
    expect(waitingOf(daemon)?.candidateIds).toContain(joined[0]);
    const none = await say({ action: "approve", batch: first?.batch });
    expect(none).toMatchObject({ accepted: false });
    expect(none.reason).toContain("does not wait");
    const unknown = await say({ action: "approve", batch: 99 });
    expect(unknown.accepted).toBe(false);
    expect(new Set(instrument.started).size).toBe(4);
    await expectReplay(daemon);
  });

  test("an approval that no job has followed in its time expires, and its points are asked for again", async () => {
    const yaml = campaignYaml([
      ...["budget: 12", "inFlight: 2", "approval: supervised"],
      "approvalExpires_s: 0.4",
    ]);
    const lab = await bench(await make(), yaml);
    const { daemon, say } = lab;
    await fillBatch(lab, 2);
    const first = waitingOf(daemon);
    expect((await say({ action: "approve", batch: first?.batch })).candidateIds).toHaveLength(2);
    expect(waitingOf(daemon)).toBeUndefined();
    await until(() => waitingOf(daemon)?.candidateIds.length === 2, "the points wait again");
    expect(waitingOf(daemon)?.batch).toBeGreaterThan(first?.batch ?? 0);
    // The old word does not cover the new batch, and an instrument that comes now gets nothing.
    expect((await say({ action: "approve", batch: first?.batch })).accepted).toBe(false);
    const instrument = addInstrument(daemon);
    await until(() => daemon.lab.machines.instrument.size === 1, "the instrument");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(instrument.started).toEqual([]);
    await say({ action: "approve", batch: waitingOf(daemon)?.batch });
    await until(() => instrument.started.length >= 2, "what was approved in time");
    await expectReplay(daemon);
  });

  test("a running campaign takes more budget, more in flight, another approval, and goes on after its end", async () => {
    const lab = await bench(await make(), campaignYaml(["budget: 2", "inFlight: 1"]));
    const { daemon, say } = lab;
    const instrument = addInstrument(daemon);
    await say({ action: "start" });
    await until(() => stateOf(daemon) === "budgetExhausted", "the end of its budget", 20_000);
    const more = await say({ action: "extend", changes: { budget: 4, inFlight: 2 } });
    expect(more).toMatchObject({ accepted: true, reason: "budget 2 -> 4, in flight 1 -> 2." });
    await until(() => stateOf(daemon) === "budgetExhausted", "its second end", 20_000);
    expect(new Set(instrument.started).size).toBe(4);
    await say({ action: "extend", changes: { budget: 6, approval: "supervised" } });
    await until(() => waitingOf(daemon)?.candidateIds.length === 2, "a batch that waits");
    expect(new Set(instrument.started).size).toBe(4);
    const wrong = await say({
      action: "extend",
      changes: { limits: { temprature_K: { max: 1 } } },
    });
    expect(wrong.reason).toContain("no axis and no recipe of the campaign has temprature_K");
  });

  test("what waits for a person lies within the limits; what was approved obeys those that became tighter since", async () => {
    const yaml = campaignYaml([
      ...["budget: 12", "inFlight: 4", "approval: supervised"],
      "limits: { Al: { max: 0.8 } }",
    ]);
    const lab = await bench(await make(), yaml);
    const { daemon, say } = lab;
    await fillBatch(lab, 4);
    const shown = waitingOf(daemon)?.candidateIds ?? [];
    const pointOf = (id: string) => daemon.lab.machines.experiment.get(id)?.context.parameters;
    const jobs = () => [...daemon.lab.machines.job.values()].map(({ context }) => context);
    expect((await say({ action: "approve", batch: 1 })).candidateIds).toEqual(shown);
    const [{ parameters: kept } = { parameters: {} }, ...others] = jobs();
    expect(jobs().every(({ experimentId }) => Number(pointOf(experimentId)?.["Al"]) <= 0.8)).toBe(
      true,
    );
    // Of the approved points the limits now leave but one; nobody has started any of them yet.
    const limits = Object.fromEntries(
      Object.entries(kept).map(([name, value]) => [
        name,
        { min: Number(value), max: Number(value) },
      ]),
    );
    await say({ action: "extend", changes: { limits } });
    const instrument = addInstrument(daemon);
    await until(() => instrument.acknowledged.length > 0, "the one that is left");
    await until(
      () => others.every(({ jobId }) => daemon.lab.machines.job.get(jobId)?.states[0] !== "queued"),
      "the others, refused",
    );
    expect(new Set(instrument.started)).toEqual(new Set([jobs()[0]?.jobId]));
  });

  test("tighter limits hold at once, wider ones only after somebody else has approved them", async () => {
    const yaml = campaignYaml([
      ...["budget: 12", "inFlight: 2", "approval: supervised"],
      "limits: { Al: { max: 0.9 } }",
    ]);
    const lab = await bench(await make(), yaml);
    const { daemon, say } = lab;
    const limitOf = () => daemon.lab.specs.get("c1")?.limits["Al"];
    await fillBatch(lab, 2);
    await say({ action: "extend", changes: { limits: { Al: { max: 0.5 } } } });
    expect(limitOf()).toEqual({ max: 0.5 });
    const wider = await say({ action: "extend", changes: { limits: { Al: { max: 1 } } } });
    expect(wider).toMatchObject({ accepted: true });
    expect(wider.reason).toContain("waits for another person as change 1");
    expect(limitOf()).toEqual({ max: 0.5 });
    expect(daemon.view.campaign("c1")?.change).toMatchObject({ n: 1, by: "ada" });
    expect(await say({ action: "approve", change: 1 })).toMatchObject({ accepted: false });
    // Another spelling is nobody else.
    expect(await say({ action: "approve", change: 1, by: "Ada" })).toMatchObject({
      accepted: false,
    });
    expect(await say({ action: "approve", change: 2, by: "bob" })).toMatchObject({
      accepted: false,
    });
    expect(limitOf()).toEqual({ max: 0.5 });
    expect(await say({ action: "approve", change: 1, by: "bob" })).toMatchObject({
      accepted: true,
    });
    expect(limitOf()).toEqual({ max: 1 });
    await expectReplay(daemon);
  });

  test("a point by hand joins the batch: by its place, within the limits, once", async () => {
    const yaml = campaignYaml([...["budget: 12", "inFlight: 1", "approval: supervised"]]);
    const lab = await bench(await make(), yaml);
    const { daemon, say } = lab;
    const instrument = addInstrument(daemon);
    await fillBatch(lab, 1);
    await say({ action: "extend", changes: { limits: { Al: { max: 0.7 } } } });
    const propose = (Al: number, Mg: number, Zn: number) =>
      say({ action: "propose", points: [{ parameters: { Al, Mg, Zn } }], reason: "near the line" });
    const taken = await propose(0.2, 0.2, 0.6);
    expect(taken.accepted).toBe(true);
    const [id = ""] = taken.candidateIds ?? [];
    const point = waitingOf(daemon)?.points?.find((one) => one.candidateId === id);
    expect(point).toMatchObject({ why: "by hand: ada, near the line" });
    expect((await propose(0.2, 0.2, 0.6)).reason).toContain("on its way already");
    expect((await propose(0.21, 0.2, 0.59)).reason).toContain("the nearest is");
    expect((await propose(0.8, 0.2, 0)).reason).toContain("TL-3104");
    await say({ action: "approve", candidateIds: [id] });
    await until(() => instrument.started.length === 1, "its job");
    // Two words at once: whether a point that needs an approval would wait is decided where it stands in the log.
    const points = [{ parameters: { Al: 0.4, Mg: 0.2, Zn: 0.4 } }];
    const [, refused] = await Promise.all([
      say({ action: "extend", changes: { approval: "automatic" } }),
      say({ action: "propose", points, needsApproval: true }),
    ]);
    expect(refused).toMatchObject({ accepted: false });
    expect(refused.reason).toContain("not supervised");
    expect((await say({ action: "propose", points })).accepted).toBe(true);
    await expectReplay(daemon);
  });

  test("outside the hours no approval is taken and no job starts; at their beginning the job starts by itself", async () => {
    const now = new Date();
    const hour = (shift: number) => (now.getUTCHours() + 24 + shift) % 24;
    const two = (value: number) => String(value).padStart(2, "0");
    const closed = `${two(hour(2))}-${two(hour(5) === 0 ? 24 : hour(5))}`;
    const yaml = campaignYaml([
      ...["budget: 12", "inFlight: 2", "approval: supervised"],
      `hours: { approvals: "${closed}", starts: { diffraction: "${closed}" } }`,
    ]);
    const lab = await bench(await make(), `timeZone: UTC\n${yaml}`);
    const { daemon, say } = lab;
    const instrument = addInstrument(daemon);
    await fillBatch(lab, 2);
    const late = await say({ action: "approve", batch: waitingOf(daemon)?.batch });
    expect(late.accepted).toBe(false);
    expect(late.reason).toContain(`Approvals are taken ${closed}`);
    await say({ action: "extend", changes: { hours: { approvals: "" } } });
    expect((await say({ action: "approve" })).accepted).toBe(true);
    await until(() => daemon.lab.timers.has("lab/hours"), "the timer of the next opening");
    const opening = new Date(daemon.lab.timers.get("lab/hours")?.at_ms ?? 0);
    expect(opening.getUTCHours()).toBe(hour(2));
    expect(instrument.started).toEqual([]);
    await say({ action: "extend", changes: { hours: { starts: { diffraction: "" } } } });
    await until(() => instrument.started.length === 2, "the jobs");
    await expectReplay(daemon);
  });

  test("an edited configuration changes the campaign that runs; unedited lines leave people's changes alone", async () => {
    const place = await make();
    const folder = makeFolder();
    const text = (budget: number) => campaignYaml([`budget: ${budget}`, "inFlight: 1"]);
    const first = await bench(place, text(2), folder);
    await first.say({ action: "extend", changes: { budget: 5 } });
    await first.operator.close();
    await first.daemon.stop();
    const second = await bench(place, text(2), folder);
    expect(second.daemon.lab.specs.get("c1")?.budget).toBe(5);
    await second.operator.close();
    await second.daemon.stop();
    const third = await bench(place, text(9), folder);
    expect(third.daemon.lab.machines.campaign.get("c1")?.context.budget).toBe(9);
    const said = (await eventsOf(third.daemon)).flatMap(({ fact }) =>
      fact.type === "operator.command" ? [`${fact.by} ${fact.action}`] : [],
    );
    expect(said).toEqual(["ada extend", "configuration extend"]);
    await expectReplay(third.daemon);
  });
});
