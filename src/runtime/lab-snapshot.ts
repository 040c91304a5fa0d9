import {
  type MachineKind,
  type MachineState,
  restoreMachine,
  type SavedMachine,
  saveMachine,
} from "../../machines/index.ts";
import { fromPlain, toPlain } from "../core/plain.ts";
import type { Lab } from "./lab.ts";

const KINDS: readonly MachineKind[] = [
  "campaign",
  "experiment",
  "job",
  "instrument",
  "reservation",
];

/** Everything of a laboratory but what lies on its shelf, as plain data. */
export function saveLab(lab: Lab): unknown {
  const { machines, shelf: _, ...rest } = lab;
  const saved = Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      [...(machines[kind] as ReadonlyMap<string, MachineState>)].map(
        ([id, machine]): [string, SavedMachine] => [id, saveMachine(machine)],
      ),
    ]),
  );
  return toPlain({ ...rest, machines: saved });
}

/** Makes an empty laboratory the one that was saved. */
export function restoreLab(lab: Lab, plain: unknown): void {
  const { machines, ...rest } = fromPlain(plain) as Record<string, unknown>;
  for (const kind of KINDS) {
    const into = lab.machines[kind] as Map<string, unknown>;
    for (const [id, saved] of (machines as Record<string, [string, SavedMachine][]>)[kind] ?? [])
      into.set(id, restoreMachine(kind, saved));
  }
  // Whoever holds the laboratory holds its parts as well: they are filled, not replaced.
  for (const [name, value] of Object.entries(rest)) {
    const part = (lab as unknown as Record<string, unknown>)[name];
    if (part instanceof Map && value instanceof Map) for (const [k, v] of value) part.set(k, v);
    else if (part instanceof Set && value instanceof Set) for (const one of value) part.add(one);
    else if (name === "instrumentIds") lab.instrumentIds.push(...(value as string[]));
    else (lab as unknown as Record<string, unknown>)[name] = value;
  }
}
