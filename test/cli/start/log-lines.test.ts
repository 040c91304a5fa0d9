import { afterEach, expect, test } from "vitest";
import {
  type DaemonProcess,
  exampleConfig,
  startDaemonProcess,
} from "../../support/daemon-process.ts";

const daemons: DaemonProcess[] = [];
afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

test("redirected to a file the daemon tells what begins, waits, ends, comes and alarms; its own end is no alarm", async () => {
  const config = exampleConfig("default.yaml")
    .replace("step: 0.025", "step: 0.1")
    .replace("budget: 60", "budget: 1")
    .replace("approval: automatic", "approval: supervised");
  const daemon = await startDaemonProcess({
    config,
    speed: 5000,
    env: { TIELINE_LOG_LEVEL: "info" },
  });
  daemons.push(daemon);
  const lines = (): Line[] =>
    daemon
      .said()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Line);
  const line = (msg: string): Line | undefined => lines().find((one) => one.msg === msg);
  const hears = async (msg: string): Promise<Line | undefined> => {
    await expect.poll(() => line(msg), { timeout: 30_000 }).toBeDefined();
    return line(msg);
  };
  const command = async (body: object): Promise<void> => {
    const response = await fetch(new URL("/api/command", daemon.url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ by: "ada", ...body }),
    });
    expect(response.ok).toBe(true);
  };
  const campaignId = "al-mg-zn";

  expect(await hears("campaign.begun")).toMatchObject({ campaignId });
  expect(await hears("campaign.waitsForApproval")).toMatchObject({
    ...{ campaignId, batch: 1 },
    why: expect.stringMatching(/^waiting for approval of batch 1 \(1 point\), since /),
  });
  expect(await hears("instrument.came")).toHaveProperty("instrumentId");

  const stop = { kind: "emergencyStop", commandId: "s1", active: true, reason: "smoke" };
  await command(stop);
  expect(await hears("campaign.suspended")).toMatchObject({
    why: expect.stringContaining("the emergency stop by ada: smoke"),
  });
  expect(await hears("alarm.raised")).toMatchObject({ alarmId: "emergency-stop" });
  await command({ ...stop, commandId: "s2", active: false, reason: "it was toast" });
  expect(await hears("alarm.cleared")).toMatchObject({ alarmId: "emergency-stop" });

  const about = { kind: "campaign", campaignId };
  await command({ ...about, commandId: "r1", action: "resume" });
  expect(await hears("campaign.goesOn")).toMatchObject({ campaignId });
  await command({ ...about, commandId: "a1", action: "approve", batch: 1 });
  expect(await hears("campaign.ended")).toMatchObject({
    ...{ campaignId, state: "budgetExhausted", measured: 1, budget: 1 },
    why: "ended because its budget is spent",
  });
  const raised = (): Line[] => lines().filter(({ msg }) => /^(alarm|instrument)\./.test(msg));
  const before = raised().length;
  await daemon.end();
  expect(raised().slice(before)).toEqual([]);
  expect(lines().filter(({ level }) => Number(level) >= 50)).toHaveLength(1);
});
