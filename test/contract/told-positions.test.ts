import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createTaskDevice, openGateway, type Task } from "../../adapters/gateway/index.ts";
import { DEFAULT_INSTRUMENTS, planFaults, runSimulation } from "../../simulators/index.ts";
import { InstrumentVoice } from "../../simulators/instruments/instrument-voice.ts";
import type { Daemon } from "../../src/daemon.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { smallCampaign } from "../support/small-campaign.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { campaignYaml, cleanUp, eventsOf, makeFolder, startDaemon } from "./running-daemon.ts";

const axis = { unit: "1", min: 0, max: 1 };
const TASK: Task = {
  kind: "diffractometer",
  capabilities: [
    {
      name: "diffraction",
      parameters: { Al: axis, Mg: axis, Zn: axis },
      results: ["phases"],
      repeatable: true,
      expectedDuration_s: 1,
    },
  ],
  simulated: true,
  resumes: false,
  run: async () => ({ observations: [{ kind: "phases", phases: ["fcc"] }] }),
};

const gaps = (daemon: Daemon): string[] =>
  daemon.view
    .overview()
    .alarms.filter(({ alarmId }) => alarmId.startsWith("event-log/"))
    .map(({ text }) => text);

test("an instrument tells what it has had acknowledged, and a log that was put back from a backup is found out", async () => {
  const [folder, journal, backup] = [makeFolder(), makeFolder(), makeFolder()];
  const log = join(folder, "log");
  /** Runs until so many results are there, and the instrument knows that they are safe. */
  const run = async (budget: number): Promise<LabFact[]> => {
    const yaml = campaignYaml([`budget: ${budget}`, "inFlight: 1", "autoStart: true"]);
    const daemon = await startDaemon({ broker: "{ port: 0 }" }, { folder, yaml });
    const gateway = await openGateway(createTaskDevice(TASK), {
      ...{ broker: daemon.brokerUrl, site: SITE, instrument: "xrd", folder: journal },
      resendAfter_ms: 200,
    });
    cleanUp.push(() => gateway.stop());
    await until(() => daemon.lab.results.get("c1")?.length === budget, `${budget} results`);
    expect(gaps(daemon)).toEqual([]);
    await gateway.stop();
    await daemon.stop();
    return (await eventsOf(daemon).catch(() => [])).map(({ fact }) => fact);
  };
  await run(2);
  cpSync(log, backup, { recursive: true });
  await run(4);
  rmSync(log, { recursive: true });
  cpSync(backup, log, { recursive: true });
  const yaml = campaignYaml(["budget: 4", "inFlight: 1"]);
  const daemon = await startDaemon({ broker: "{ port: 0 }" }, { folder, yaml });
  const gateway = await openGateway(createTaskDevice(TASK), {
    ...{ broker: daemon.brokerUrl, site: SITE, instrument: "xrd", folder: journal },
  });
  cleanUp.push(() => gateway.stop());
  await until(() => gaps(daemon).length > 0, "the alarm");
  expect(gaps(daemon)).toEqual([
    expect.stringMatching(
      /xrd was told that its report of c1\.\S+ is in the log, at position \d+; it is not\./,
    ),
  ]);
});

test("simulated instruments tell it too, over kills of theirs and of the daemon, and no sound log is accused", async () => {
  const instrumentIds = DEFAULT_INSTRUMENTS.map(({ instrumentId }) => instrumentId);
  const said = vi.spyOn(InstrumentVoice.prototype, "sayBirth");
  cleanUp.push(() => said.mockRestore());
  const { events } = await runSimulation({
    seed: "3",
    ...planFaults("swarm", { seed: "3", instrumentIds }),
    campaigns: [smallCampaign({ budget: 8 })],
    duration_s_max: 14 * 86_400,
  });
  const claims = said.mock.calls.flatMap(([, acknowledged]) => acknowledged ?? []);
  expect(claims.length).toBeGreaterThan(0);
  expect(events.filter(({ fact }) => fact.type === "log.gapTold")).toEqual([]);
});
