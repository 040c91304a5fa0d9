import { writeFileSync } from "node:fs";
import { EDGES } from "./mutations/edges.ts";
import { bySwarm, byTests, misplaced, SEEDS } from "./mutations/hunt.ts";
import { KEEPING } from "./mutations/keeping.ts";
import { LIMITS } from "./mutations/limits.ts";
import { LOADS } from "./mutations/loads.ts";
import { LOOP } from "./mutations/loop.ts";
import { MACHINES } from "./mutations/machines.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { optionOf } from "./support/options.ts";

/** Every fault that is planted. */
export const ALL: readonly Mutation[] = [
  ...LOOP,
  ...MACHINES,
  ...LIMITS,
  ...EDGES,
  ...LOADS,
  ...KEEPING,
];

/** So many of them may live, as long as each is named with the reason why it does no harm. */
const CAUGHT_SHARE_min = 57 / 60;

interface Verdict {
  readonly mutation: Mutation;
  readonly swarm: string | undefined;
  readonly test: string | undefined;
}

/**
 * `npm run proof -- mutations [--only TEXT] [--from N] [--to N] [--part K/N] [--both] [--json FILE]`: plants one fault at a time in the tree as it is
 * read, never on the disk, and says by what it is caught: three seeds of the swarm, or, where they notice nothing (or with
 * `--both`), the tests that are named for it.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const wrong = misplaced(ALL);
  for (const line of wrong) console.error(`MISPLACED ${line}`);
  if (wrong.length > 0) return false;
  const sound = await bySwarm(undefined);
  if (sound !== undefined) {
    console.error(`The tree as it is does not pass: ${sound}`);
    return false;
  }
  const chosen = choose(options);
  const verdicts: Verdict[] = [];
  for (const mutation of chosen) {
    const verdict = await judge(mutation, options.includes("--both"));
    verdicts.push(verdict);
    console.log(lineOf(verdict));
  }
  const file = optionOf(options, "--json");
  if (file !== undefined) writeFileSync(file, JSON.stringify(verdicts.map(plain), undefined, 1));
  return conclude(verdicts);
}

function choose(options: readonly string[]): readonly Mutation[] {
  const only = optionOf(options, "--only");
  const [k = 1, n = 1] = (optionOf(options, "--part") ?? "1/1").split("/").map(Number);
  const [from = 1, to = ALL.length] = ["--from", "--to"].map((name) => {
    const text = optionOf(options, name);
    return text === undefined ? undefined : Number(text);
  });
  const named = ALL.slice(from - 1, to).filter(
    ({ name, file }) => only === undefined || `${name} ${file}`.includes(only),
  );
  return named.filter((_, at) => at % n === k - 1);
}

async function judge(mutation: Mutation, both: boolean): Promise<Verdict> {
  const swarm = await bySwarm(mutation);
  const test = swarm === undefined || both ? await byTests(mutation) : undefined;
  return { mutation, swarm, test };
}

function lineOf({ mutation, swarm, test }: Verdict): string {
  const { name, file } = mutation;
  const by = [
    ...(swarm === undefined ? [] : [`swarm ${swarm.slice(0, 110)}`]),
    ...(test === undefined ? [] : [`test ${test.slice(0, 110)}`]),
  ];
  return by.length === 0 ? `LIVES ${name} (${file})` : `caught ${name}: ${by.join("; ")}`;
}

function plain({ mutation: { name, file, harmless }, swarm, test }: Verdict) {
  return { name, file, swarm, test, harmless };
}

function conclude(verdicts: readonly Verdict[]): boolean {
  const bySwarmOnly = verdicts.filter(({ swarm }) => swarm !== undefined).length;
  const lives = verdicts.filter(({ swarm, test }) => swarm === undefined && test === undefined);
  const unexplained = lives.filter(({ mutation }) => mutation.harmless === undefined);
  const caught = verdicts.length - lives.length;
  console.log(
    `${caught} of ${verdicts.length} caught, ${bySwarmOnly} by the seeds ${SEEDS.join(", ")} of the swarm`,
  );
  for (const { mutation } of lives)
    console.log(
      `lives: ${mutation.name}: ${mutation.harmless ?? "nobody has said why that is right"}`,
    );
  return unexplained.length === 0 && caught >= CAUGHT_SHARE_min * verdicts.length;
}
