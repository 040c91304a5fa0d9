/** A LADS client in a process of its own: does what its parent asks, and ends with it. */
import { LabError } from "../../../src/core/errors.ts";
import { systemClock } from "../../system/system-clock.ts";
import { LadsClient } from "./lads-client.ts";
import type { LadsLink } from "./lads-link.ts";
import type { Answered, Asked, ProcessSettings } from "./lads-process.ts";
import { loadOpcUa } from "./opcua-module.ts";

const { address, folders, certificates } = JSON.parse(process.argv[2] ?? "{}") as ProcessSettings;
const client = loadOpcUa(folders).then(
  (opcua) => new LadsClient(opcua, address, certificates, systemClock),
);
// What goes wrong is told to whoever asks.
client.catch(() => {}).then(() => process.send?.({ id: 0 } satisfies Answered));

process.on("message", (asked) => void answer(asked as Asked));
process.on("disconnect", () => process.exit(0));
// A broken connection of the library's that nobody waits for; every call has a deadline of its own.
process.on("unhandledRejection", () => {});

async function answer({ id, verb, with: argument }: Asked): Promise<void> {
  const said = await ask(verb, argument).then(
    (value): Answered => ({ id, value }),
    (error: unknown): Answered => ({ id, problem: problemOf(error) }),
  );
  process.send?.(said);
}

async function ask(verb: keyof LadsLink, argument: unknown): Promise<unknown> {
  const link = await client;
  return await (link[verb] as (argument: unknown) => Promise<unknown>).call(link, argument);
}

function problemOf(error: unknown): NonNullable<Answered["problem"]> {
  const known = error instanceof LabError ? error : new LabError("TL-3203", String(error));
  return { code: known.code, message: known.message, hint: known.hint };
}
