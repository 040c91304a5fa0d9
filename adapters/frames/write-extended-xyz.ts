import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { LabError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/domain/frame.ts";

/** Extra columns of one frame: a name, a kind, and the value of atom a as text. */
export interface AtomColumn {
  readonly name: string;
  readonly kind: "S" | "R" | "I";
  value(atom: number): string;
}

export interface FrameWriter {
  write(
    frame: Frame,
    columns: readonly AtomColumn[],
    facts: Readonly<Record<string, string>>,
  ): Promise<void>;
  close(): Promise<void>;
}

const BLOCK_ATOMS = 4096;

/** Opens an extended XYZ file for frames with further columns; OVITO and ASE read them. Throws TL-1003. */
export async function createExtendedXyzWriter(path: string): Promise<FrameWriter> {
  const stream = createWriteStream(path);
  const failure = once(stream, "error").then(([error]: unknown[]) => {
    throw new LabError("TL-1003", `${path} cannot be written`, { cause: error });
  });
  failure.catch(() => {});
  const push = async (text: string): Promise<void> => {
    if (!stream.write(text)) await Promise.race([once(stream, "drain"), failure]);
  };
  await Promise.race([once(stream, "open"), failure]);
  return {
    write: async (frame, columns, facts) => {
      await push(headerOf(frame, columns, facts));
      for (let start = 0; start < frame.atoms; start += BLOCK_ATOMS) {
        let block = "";
        const end = Math.min(frame.atoms, start + BLOCK_ATOMS);
        for (let a = start; a < end; a++) block += atomLine(frame, columns, a);
        await push(block);
      }
    },
    close: async () => {
      stream.end();
      await Promise.race([finished(stream), failure]);
    },
  };
}

function headerOf(
  frame: Frame,
  columns: readonly AtomColumn[],
  facts: Readonly<Record<string, string>>,
): string {
  const flags = frame.periodic.map((flag) => (flag ? "T" : "F")).join(" ");
  const kinds = columns.map(({ name, kind }) => `:${name}:${kind}:1`).join("");
  const id = frame.ids === undefined ? "" : ":id:I:1";
  const origin = frame.origin.some((value) => value !== 0)
    ? ` Origin="${frame.origin.join(" ")}"`
    : "";
  const rest = Object.entries({ ...frame.properties, ...facts })
    .filter(([key]) => key !== "Origin")
    .map(
      ([key, value]) =>
        ` ${key}=${/^[^\s"=]+$/.test(value) ? value : `"${value.replaceAll('"', "'")}"`}`,
    )
    .join("");
  return (
    `${frame.atoms}\nLattice="${[...frame.cell].join(" ")}"${origin} ` +
    `Properties=species:S:1:pos:R:3${id}${kinds} pbc="${flags}"${rest}\n`
  );
}

function atomLine(frame: Frame, columns: readonly AtomColumn[], a: number): string {
  const p = frame.positions;
  const name = frame.speciesNames[frame.species[a] ?? 0] ?? "X";
  const id = frame.ids === undefined ? "" : ` ${frame.ids[a]}`;
  let line = `${name} ${p[3 * a]} ${p[3 * a + 1]} ${p[3 * a + 2]}${id}`;
  for (const column of columns) line += ` ${column.value(a)}`;
  return `${line}\n`;
}
