import { readFrames } from "../../../adapters/frames/read-frames.ts";
import { LabError } from "../../../src/core/errors.ts";
import type { Frame } from "../../../src/domain/frame.ts";

export interface PeerFrame {
  readonly positions: readonly (readonly number[])[];
  readonly cell: readonly (readonly number[])[];
  readonly periodic: readonly boolean[];
  readonly species: readonly string[];
}

/** What one of our readers made of a file: a reading, or the error that it told. */
export type Reading<T> = { readonly read: T } | { readonly refused: string };

export async function framesHere(path: string): Promise<Reading<readonly Frame[]>> {
  try {
    const frames: Frame[] = [];
    for await (const { frame } of readFrames(path)) frames.push(frame);
    return { read: frames };
  } catch (error) {
    if (error instanceof LabError) return { refused: `${error.code} ${error.message}` };
    throw error;
  }
}

/** In what our frames differ from those of another reader. */
export function framesDiffer(here: readonly Frame[], there: readonly PeerFrame[]): string[] {
  if (here.length !== there.length) return [`${here.length} frames here, ${there.length} there`];
  return here.flatMap((frame, k) =>
    frameDiffers(frame, there[k]!).map((what) => `frame ${k}: ${what}`),
  );
}

function frameDiffers(frame: Frame, there: PeerFrame): string[] {
  const found: string[] = [];
  if (frame.atoms !== there.positions.length)
    return [`${frame.atoms} atoms here, ${there.positions.length} there`];
  if (frame.periodic.join() !== there.periodic.join())
    found.push(`periodic ${frame.periodic} here, ${there.periodic} there`);
  const cell = there.cell.flat();
  // a direction that is open may lack its vector there; here it gets one that spans the atoms
  const isGiven = (k: number): boolean => there.cell[k]!.some((value) => value !== 0);
  if (
    [0, 1, 2].some(
      (k) => isGiven(k) && apart(frame.cell.subarray(3 * k, 3 * k + 3), there.cell[k]!),
    )
  )
    found.push(`cell ${[...frame.cell]} here, ${cell} there`);
  const order = orderById(frame);
  const positions = order.flatMap((a) => [...frame.positions.subarray(3 * a, 3 * a + 3)]);
  if (apart(positions, there.positions.flat()))
    found.push(
      `positions ${positions.slice(0, 6)} here, ${there.positions.flat().slice(0, 6)} there`,
    );
  const species = order.map((a) => frame.speciesNames[frame.species[a]!]!);
  if (speciesDiffer(species, there.species))
    found.push(`species ${species} here, ${there.species} there`);
  return found;
}

/** ASE sorts the atoms of a dump by their ids; elsewhere an id is only a number that an atom has. */
function orderById({ atoms, ids, properties }: Frame): number[] {
  const order = Array.from({ length: atoms }, (_, a) => a);
  if (ids === undefined || properties["step"] === undefined || properties["isDump"] === "no")
    return order;
  return order.sort((a, b) => ids[a]! - ids[b]!);
}

/** Numbers of types are names here and the elements of these numbers there: the same atoms must have the same. */
function speciesDiffer(here: readonly string[], there: readonly string[]): boolean {
  if (!here.every((name) => /^\d+$/.test(name))) return here.join() !== there.join();
  const of = new Map<string, string>();
  return here.some((name, a) => {
    const known = of.get(name) ?? there[a]!;
    of.set(name, known);
    return known !== there[a];
  });
}

function apart(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return true;
  for (let k = 0; k < a.length; k++)
    if (!(Math.abs(a[k]! - b[k]!) <= 1e-9 * Math.max(1, Math.abs(b[k]!)))) return true;
  return false;
}
