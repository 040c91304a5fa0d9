import { loadavg } from "node:os";
import { createPrng, shuffled } from "../../src/core/prng.ts";
import { Mosquitto, mosquittoIsThere } from "../contract/mosquitto.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import { type Bench, born, closeBench, openBench, PREFIX, send } from "./bench-daemon.ts";

const RESULTS = Number(process.env["TIELINE_RESULTS"] ?? 300);
/** Connections, plans and compiled code are warm after so many. */
const WARM = 10;
/** A result of which nobody hears is a fault of the benchmark. */
const PATIENCE_ms = 60_000;

interface Start {
  readonly jobId: string;
  readonly attempt: number;
}

/** One daemon and the instrument that answers it when it is told to. */
interface Side {
  readonly name: string;
  readonly bench: Bench;
  readonly times_ms: number[];
  /** Reports its job, and resolves once that is acknowledged and the next job is out. */
  report(): Promise<void>;
}

/**
 * A result's way through the whole daemon: from the instrument's publish over MQTT to the acknowledgement that it is in the log, for a log in a
 * folder and for one in PostgreSQL with a synchronous standby, by the embedded broker and by Mosquitto. The daemons live in one process and take
 * turns, result by result, in an order drawn anew each time, so that what the machine does besides hits all of them.
 */
export async function run(): Promise<void> {
  if (!postgresIsThere())
    return console.log("PostgreSQL is not installed: apt-get install postgresql");
  const primary = await PostgresServer.create();
  const standby = await PostgresServer.follow(primary, "second");
  const sides: Side[] = [];
  const brokers: Mosquitto[] = [];
  try {
    primary.configure(["synchronous_standby_names = 'second'"]);
    primary.reload();
    for (const broker of mosquittoIsThere() ? ["embedded", "Mosquitto"] : ["embedded"])
      for (const log of ["file", "PostgreSQL"]) {
        const options = {
          ...(log === "file" ? {} : { log: primary.address(`?schema=${broker.toLowerCase()}`) }),
          ...(broker === "embedded" ? {} : { broker: await ownMosquitto(brokers) }),
        };
        sides.push(await openSide(`${broker}, ${log} log`, options));
      }
    const prng = createPrng("result-ack");
    for (let k = 0; k < RESULTS + WARM; k++)
      for (const side of shuffled(sides, prng)) await side.report();
    report(sides);
  } finally {
    for (const { bench } of sides) await closeBench(bench);
    for (const broker of brokers) await broker.stop();
    standby.remove();
    primary.remove();
  }
}

/** Daemons of one name would push each other off one broker. */
async function ownMosquitto(brokers: Mosquitto[]): Promise<string> {
  const broker = new Mosquitto(["max_queued_messages 0", "set_tcp_nodelay true"]);
  brokers.push(broker);
  await broker.start();
  return `mqtt://127.0.0.1:${broker.port}`;
}

function report(sides: readonly Side[]): void {
  console.log(`load ${loadavg()[0]?.toFixed(0)}, ${RESULTS} results each, in turns`);
  const figures = sides.map(({ name, times_ms }) => {
    const [half_ms, most_ms] = [at(times_ms, 0.5), at(times_ms, 0.99)];
    console.log(
      `${name.padEnd(26)} result -> ack: median ${half_ms.toFixed(1)} ms, p99 ${most_ms.toFixed(1)} ms`,
    );
    return { name, half_ms, most_ms };
  });
  for (const [k, { name, half_ms, most_ms }] of figures.entries()) {
    const file = figures[k - 1];
    if (k % 2 === 0 || file === undefined) continue;
    const [half, most] = [half_ms / file.half_ms, most_ms / file.most_ms];
    console.log(
      `${name}: median ${half.toFixed(2)} and p99 ${most.toFixed(2)} times the file log's (asked: p99 <= 3)`,
    );
  }
}

async function openSide(
  name: string,
  options: { readonly log?: string; readonly broker?: string },
): Promise<Side> {
  const model = "{ score: random, coexistence: off }";
  const budget = RESULTS + WARM + 1;
  const bench = await openBench(
    [{ ...{ id: "c", budget, inFlight: 1, step: 0.02 }, model }],
    options,
  );
  const { client } = bench;
  const times_ms: number[] = [];
  const mail = { starts: [] as Start[], acks: new Set<string>(), wake: () => {} };
  client.on("message", (topic, payload) => {
    const { data } = JSON.parse(payload.toString()) as { data: Start };
    if (topic.endsWith("/ack")) mail.acks.add(data.jobId);
    else mail.starts.push(data);
    mail.wake();
  });
  await client.subscribeAsync(
    [`${PREFIX}/instrument/i0/command/start`, `${PREFIX}/instrument/i0/job/+/ack`],
    { qos: 1 },
  );
  const untilHeard = async (isHeard: () => boolean): Promise<void> => {
    const deadline_ms = performance.now() + PATIENCE_ms;
    while (!isHeard()) {
      if (performance.now() > deadline_ms) throw new Error(`${name}: nothing more is heard`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        mail.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  born(client, "i0");
  await untilHeard(() => mail.starts.length > 0);
  let told = 0;
  return {
    ...{ name, bench, times_ms },
    report: async () => {
      const job = mail.starts.shift() as Start;
      const began_ms = performance.now();
      send(client, "i0", `job/${job.jobId}/result`, "job.result", {
        ...{ jobId: job.jobId, attempt: job.attempt, simulated: true },
        observations: [{ kind: "phases", phases: ["alpha"] }],
      });
      await untilHeard(() => mail.acks.has(job.jobId));
      if (++told > WARM) times_ms.push(performance.now() - began_ms);
      await untilHeard(() => mail.starts.length > 0);
    },
  };
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
