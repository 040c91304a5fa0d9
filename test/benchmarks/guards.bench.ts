import { bakeCapability } from "../support/baking.ts";
import { LimitedDaemon, places } from "../support/limited-daemon.ts";

/** How long from the reading that a guard forbids to the command that reaches the instrument: all of it real, the disk too. */
const TRIPS = 200;
const P99_ms = 200;

const CONFIGURATION = (action: string) => `instruments:
  furnace-1: { guards: [{ channel: temperature, unit: K, max: 900, then: ${action} }] }
campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 1000000
    inFlight: 1
    failuresInARow_max: 1000
    space: { kind: box, axes: [{ name: temperature_K, min: 300, max: 800 }] }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } }, repeatable: true }]
    model: { objectives: [{ name: strength, direction: max }] }
`;

export async function run(): Promise<void> {
  for (const place of places()) console.log(`${place.name}: ${await measure(place)}`);
}

async function measure(place: ReturnType<typeof places>[number]): Promise<string> {
  const lab = await new LimitedDaemon().start(place, CONFIGURATION("cancel"));
  const furnace = await lab.add({
    id: "furnace-1",
    capabilities: [bakeCapability({ unit: "K" })],
    channels: { temperature: { unit: "K" } },
    measure: () => undefined,
  });
  const times_ms: number[] = [];
  for (let k = 0; k < TRIPS; k++) {
    await waitFor(() => furnace.started.length === k + 1);
    const from_ms = performance.now();
    furnace.telemetry("temperature", 3000, "K");
    await waitFor(() => furnace.commands.length === k + 1);
    times_ms.push((furnace.commands[k]?.at_ms ?? Number.NaN) - from_ms);
    await waitFor(() => lab.daemon.lab.guards.size === 1);
    furnace.telemetry("temperature", 400, "K");
  }
  await lab.stop();
  times_ms.sort((a, b) => a - b);
  const at = (share: number): number => times_ms[Math.ceil(share * TRIPS) - 1] ?? Number.NaN;
  const [half, most] = [at(0.5), at(0.99)];
  const verdict = most <= P99_ms ? "kept" : "NOT KEPT";
  return `${TRIPS} trips, reading to cancel: median ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms (promised <= ${P99_ms} ms: ${verdict})`;
}

async function waitFor(condition: () => boolean): Promise<void> {
  const end_ms = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end_ms) throw new Error("the guard did not act within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
