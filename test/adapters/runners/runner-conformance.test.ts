import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../../adapters/conformance/examination.ts";
import { requestParameters } from "../../../src/domain/forward-request.ts";
import { builtMain } from "../../support/built-program.ts";
import { peerIsThere } from "../../support/peer.ts";
import { SlurmCluster } from "../../support/slurm-cluster.ts";
import { hasLammps } from "../../system/lammps-laboratory.ts";
import { examineAt } from "../conformance/examine-at.ts";
import { launch } from "../conformance/launch.ts";
import { embeddedBroker, type TestBroker } from "../gateway/gateway-bench.ts";

/** A box of eight atoms that is calculated in no time. */
const TEMPLATE = `# tieline capability settle duration_s 1
# tieline parameter temperature_K unit K min 100 max 900
units lj
lattice fcc 0.8
region box block 0 2 0 2 0 2
create_box 1 box
create_atoms 1 box
mass 1 1.0
pair_style lj/cut 1.2
pair_coeff * * 1.0 1.0
velocity all create \${temperature_K} \${SEED}
fix 1 all nve
timestep 1.0e-6
run 100
write_dump all custom \${OUT} id type x y z
`;
const FORWARD = {
  J1: -2,
  ...requestParameters({
    ...{ spins: 2, spin: 0.5, g: 2.08, bonds: [{ i: 0, j: 1, coupling: "J1" }] },
    couplings: { J1: { min: -20, max: 20 } },
    curves: [{ T: 1.5, H: [0, 10, 20], m: [0, 0, 0] }],
  }),
};

let broker: TestBroker;
let folder: string;
let main: string;
const cleanUp: (() => Promise<unknown> | unknown)[] = [];
beforeAll(async () => {
  main = await builtMain();
});
beforeEach(async () => {
  broker = await embeddedBroker();
  folder = mkdtempSync(join(tmpdir(), "tieline-runner-"));
  writeFileSync(join(folder, "settle.lmp"), TEMPLATE);
});
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `tieline runner KIND` as a person starts it, examined with all that there is: stop and kill included. */
async function examineRunner(
  kind: readonly string[],
  about: {
    readonly id: string;
    readonly instrument?: string;
    readonly parameters: Readonly<Record<string, number | string>>;
    readonly env?: Readonly<Record<string, string>>;
    readonly job_ms?: number;
  },
): Promise<{ flaws: string[]; notTried: string[] }> {
  const { id, instrument = id, parameters, env = {}, job_ms = 20_000 } = about;
  const at = ["--broker", broker.url, "--site", "lab", "--id", id, "--folder", join(folder, id)];
  const { restart, kill } = launch(process.execPath, [main, "runner", ...kind, ...at], env);
  cleanUp.push(kill);
  const notTried: string[] = [];
  const onFinding = ({ outcome, check, detail }: Finding): void => {
    // A program takes longer to come than a cancel: a job that was not cut was not cancelled.
    const isTried = outcome === "passed" && detail !== "it was done already";
    if (!isTried) notTried.push(`${check}: ${detail}`);
  };
  // Its program takes a moment to come.
  const how = { parameters, restart, onFinding, job_ms, answer_ms: 15_000, resend_ms: 15_000 };
  const flaws = await examineAt(broker.url, instrument, how);
  return { flaws, notTried };
}

const KEPT = { flaws: [], notTried: [] };

test("the runner of forward calculations keeps the contract", { timeout: 120_000 }, async () => {
  expect(await examineRunner(["effective-model"], { id: "ed-1", parameters: FORWARD })).toEqual(
    KEPT,
  );
});

test.skipIf(!hasLammps())("the runner of LAMMPS keeps it", { timeout: 120_000 }, async () => {
  const kind = ["lammps", "--template", join(folder, "settle.lmp")];
  const parameters = { temperature_K: 300 };
  expect(await examineRunner(kind, { id: "md-1", parameters })).toEqual(KEPT);
});

describe.skipIf(
  !hasLammps() || !peerIsThere("Slurm", SlurmCluster.isThere(), "apt-get install slurm-wlm munge"),
)("the runner of a cluster, on a Slurm of its own,", () => {
  test("keeps it, with LAMMPS and with forward calculations", { timeout: 400_000 }, async () => {
    const slurm = new SlurmCluster();
    cleanUp.push(() => slurm.stop());
    await slurm.start(4);
    const few = ["--slots", "1", "--pilots", "1", "--idle", "30"];
    const env = slurm.environment;
    const lammps = ["slurm", "--template", join(folder, "settle.lmp"), ...few];
    const parameters = { temperature_K: 300 };
    const patient = { env, job_ms: 60_000 };
    expect(
      await examineRunner(lammps, { ...patient, id: "hpc", instrument: "hpc-1", parameters }),
    ).toEqual(KEPT);
    const forward = ["slurm", "--effective-model", `${process.execPath} ${main}`, ...few];
    expect(
      await examineRunner(forward, {
        ...{ ...patient, id: "spins", instrument: "spins-1", parameters: FORWARD },
      }),
    ).toEqual(KEPT);
  });
});
