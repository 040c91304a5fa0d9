import { join } from "node:path";
import { createPrng } from "../../src/core/prng.ts";
import { mixturePattern, sharesAt } from "../support/pattern-spread.ts";
import { born, closeBench, openBench, PREFIX, send } from "./bench-daemon.ts";
import { HAS_SHARED, SHARED_XRD, sharedReferences } from "./pattern-data.ts";
import { SECTIONS } from "./pattern-sections.ts";

const RESULTS = Number(process.env["PATTERN_RESULTS"] ?? 150);
const CARDS = 25;
const SECTION = SECTIONS["ZnO-TiO2-NiO"]!;
const STRANGERS = "Al2O3 In2O3 V2O5 La2O3 ZrO2-m Mn3O4 quartz Li2CO3 TiO2-anatase V2O3 ZrO2-t";

/**
 * A pattern's way to the next batch in the daemon with N = 5151 and 25 references, and a second campaign's results that go on
 * meanwhile, beside the same when no pattern comes. `npm run bench -- pattern-loop`; PATTERN_RESULTS=40 for fewer.
 */
export async function run(): Promise<void> {
  if (!HAS_SHARED) return console.log("skipped: ../shared/data is not here");
  const alone = await play(0);
  const both = await play(RESULTS);
  console.log(
    `pattern -> next batch, N = 5151, ${CARDS} references, ${RESULTS} results: ${text(both.pattern)} (aim p99 <= 300)`,
  );
  console.log(
    `another campaign's result -> its next batch, N = 231: ${text(both.plain)}; without patterns ${text(alone.plain)}`,
  );
}

/** By the clock, and processor time of the daemon with its threads (and of what draws the patterns). */
interface Spent {
  readonly wall_ms: number;
  readonly cpu_ms: number;
}

interface Way {
  readonly median: Spent;
  readonly p99: Spent;
  readonly count: number;
}

function text({ median, p99, count }: Way): string {
  const both = ({ wall_ms, cpu_ms }: Spent): string =>
    `${wall_ms.toFixed(0)} ms (${cpu_ms.toFixed(0)} ms of CPU)`;
  return `median ${both(median)}, p99 ${both(p99)} of ${count}`;
}

function cpu_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function play(patterns: number): Promise<{ readonly pattern: Way; readonly plain: Way }> {
  const sources = new Map(sharedReferences().map((one) => [one.name, one]));
  const names = [
    ...new Set([
      ...SECTION.phases.map(({ name }) => name),
      ...STRANGERS.split(" "),
      ...sources.keys(),
    ]),
  ];
  const files = names.slice(0, CARDS).map((name) => join(SHARED_XRD, "references", `${name}.cif`));
  const model = `{ coexistence: "off", patterns: { phases_max: 3, references: [${files.join(", ")}] } }`;
  const bench = await openBench([
    {
      id: "xrd",
      capability: "diffract",
      budget: Math.max(1, patterns),
      inFlight: 1,
      step: 0.01,
      model,
    },
    { id: "plain", budget: 200, inFlight: 1, step: 0.05, model: "{}" },
  ]);
  const { client } = bench;
  const prng = createPrng("pattern loop");
  const times = { xrd: [] as Spent[], plain: [] as Spent[] };
  const sent = new Map<string, Spent>();
  await client.subscribeAsync(
    [`${PREFIX}/instrument/+/command/start`, `${PREFIX}/campaign/+/batch`],
    { qos: 1 },
  );
  const finished = new Promise<void>((resolve) => {
    client.on("message", (topic, payload) => {
      const { data } = JSON.parse(payload.toString()) as {
        data: { jobId: string; attempt: number; parameters: Record<string, number>; n?: number };
      };
      const [, , , kind, id = ""] = topic.split("/");
      if (kind === "campaign") {
        const campaign = id as keyof typeof times;
        const began = sent.get(campaign);
        if (began !== undefined)
          times[campaign].push({
            wall_ms: performance.now() - began.wall_ms,
            cpu_ms: cpu_ms() - began.cpu_ms,
          });
        const isOver = patterns === 0 ? times.plain.length >= 60 : times.xrd.length >= patterns - 1;
        if (isOver) resolve();
        return;
      }
      // An instrument answers a little later, so that the batch before has been published.
      setTimeout(() => {
        const { jobId, attempt, parameters } = data;
        const { A = 0, B = 0 } = parameters;
        const isPattern = id === "xrd";
        const observation = isPattern
          ? patternAt(B, Math.max(0, 1 - A - B))
          : { kind: "phases", phases: [A > 0.5 ? "alpha" : B > 0.4 ? "beta" : "gamma"] };
        sent.set(id, { wall_ms: performance.now(), cpu_ms: cpu_ms() });
        send(client, id, `job/${jobId}/result`, "job.result", {
          jobId,
          attempt,
          observations: [observation],
          simulated: true,
        });
      }, 60);
    });
  });
  const patternAt = (b: number, c: number) => {
    const shares = sharesAt(SECTION, b, c);
    const { x, intensity } = mixturePattern(sources, shares, {
      ...{
        noise: 0.013,
        displacement_deg: 0,
        width_deg: 0.2,
        lorentz: 0.5,
        texture: 0.1,
        humpHeight: 0,
      },
      random: () => prng.next(),
    });
    return {
      ...{ kind: "pattern", unit: "1", values: Array.from(intensity, (v) => Number(v.toFixed(5))) },
      axis: { name: "twoTheta", unit: "deg", values: Array.from(x, (v) => Number(v.toFixed(2))) },
    };
  };
  if (patterns > 0) born(client, "xrd", { capability: "diffract", results: "pattern" });
  born(client, "plain");
  await finished;
  await closeBench(bench);
  return { pattern: wayOf(times.xrd), plain: wayOf(times.plain) };
}

/** The first are left out: code is compiled and references are read. */
function wayOf(all: readonly Spent[]): Way {
  const later = all.slice(5);
  const at = (share: number, of: (spent: Spent) => number): number => {
    const sorted = later.map(of).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  };
  const spent = (share: number): Spent => ({
    wall_ms: at(share, ({ wall_ms }) => wall_ms),
    cpu_ms: at(share, ({ cpu_ms: used }) => used),
  });
  return { median: spent(0.5), p99: spent(0.99), count: later.length };
}
