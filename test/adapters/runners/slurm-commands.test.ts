import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { SubmissionRefused } from "../../../adapters/runners/cluster/batch-system.ts";
import { slurmCommands } from "../../../adapters/runners/cluster/slurm-commands.ts";

const ORDER = { name: "tieline-ab", count: 3, args: ["/shared/it's", "array"] };
const { PATH, SLURM_JWT } = process.env;
const folders: string[] = [];
afterEach(() => {
  process.env["PATH"] = PATH;
  if (SLURM_JWT === undefined) delete process.env["SLURM_JWT"];
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Commands of a Slurm that say this and end so; what they were called with. */
function commands(says: { readonly out?: string; readonly err?: string; readonly code?: number }) {
  const folder = mkdtempSync(join(tmpdir(), "tieline-commands-"));
  folders.push(folder);
  const { out = "", err = "", code = 0 } = says;
  for (const program of ["sbatch", "squeue"]) {
    const script = `#!/bin/sh\nprintf '%s ' "$@" "$SLURM_JWT" > ${folder}/asked\nprintf '%s' '${out}'\nprintf '%s' '${err}' >&2\nexit ${code}\n`;
    writeFileSync(join(folder, program), script);
    chmodSync(join(folder, program), 0o755);
  }
  process.env["PATH"] = `${folder}:${PATH}`;
  return {
    asked: () => readFileSync(join(folder, "asked"), "utf8"),
    slurm: slurmCommands([], "p.sh"),
  };
}

test("a number from sbatch is an acceptance, whatever it says besides; without one nobody knows, but for a refusal", async () => {
  const late = commands({ out: "12;proof", err: "sbatch: error: lost the controller", code: 1 });
  expect(await late.slurm.submit(ORDER)).toBe("12");
  expect(late.asked()).toContain("--job-name=tieline-ab --array=0-2 p.sh /shared/it's array");
  const away = commands({ err: "Unable to contact slurm controller", code: 1 });
  await expect(away.slurm.submit(ORDER)).rejects.toThrow("Unable to contact");
  const refused = commands({ err: "Invalid job array specification", code: 1 });
  await expect(refused.slurm.submit(ORDER)).rejects.toBeInstanceOf(SubmissionRefused);
  const unknown = commands({ err: "Protocol authentication error", code: 1 });
  await expect(unknown.slurm.submit(ORDER)).rejects.toMatchObject({ code: "TL-7033" });
  await expect(unknown.slurm.list()).rejects.toMatchObject({ code: "TL-7033" });
});

test("the list has every task by itself; half a list is none", async () => {
  const text = "7|tieline-x|RUNNING\n8_3|tieline-a|RUNNING\n8_[4-5,9...%2]|tieline-a|PENDING\n";
  const names = (await commands({ out: text }).slurm.list()).map(
    ({ jobId, name }) => `${jobId} ${name}`,
  );
  expect(names.slice(0, 5)).toEqual([
    ...["7 tieline-x", "8_3 tieline-a-3", "8_4 tieline-a-4", "8_5 tieline-a-5", "8_6 tieline-a-6"],
  ]);
  expect(names.at(-1)).toBe("8_999 tieline-a-999");
  await expect(commands({ out: text, err: "broke", code: 1 }).slurm.list()).rejects.toThrow(
    "broke",
  );
});

test("a token vouches for sbatch, and reaches no job", async () => {
  process.env["SLURM_JWT"] = "a.secret";
  const { asked, slurm } = commands({ out: "5" });
  await slurm.submit(ORDER);
  expect(asked()).toContain("--export=ALL,SLURM_JWT= ");
  expect(asked()).toMatch(/a\.secret $/);
});
