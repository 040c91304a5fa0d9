import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../system/write-whole.ts";

const PARTS = ["offers", "claims", "ends", "lost", "stops", "pilots", "submitted"] as const;

/** What became of a piece of work. */
export type WorkEnd = { readonly code: number } | "lost";

/** A pilot as the shared folder knows it. */
export interface PilotRecord {
  readonly name: string;
  /** Absent where nobody knows whether it was accepted. */
  readonly jobId?: string | undefined;
  readonly submitted_ms: number;
}

/** The folder on shared disk through which a runner and its pilots speak; every step is one rename or one link. */
export class WorkFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    for (const part of PARTS) mkdirSync(join(path, part), { recursive: true });
  }

  /** A name that nothing had before. */
  static freshName(): string {
    return `w${randomBytes(9).toString("hex")}`;
  }

  /** Offers a script; it is there whole or not at all. */
  offer(name: string, script: string): void {
    writeWhole(join(this.path, "offers", name), script, join(this.path, `.${name}`));
  }

  /** Whether it was offered: looked for in the order in which it moves, so that it cannot slip past. */
  wasOffered(name: string): boolean {
    return (
      existsSync(join(this.path, "offers", name)) ||
      this.list("claims").some((claim) => claim.startsWith(`${name}.`)) ||
      this.end(name) !== undefined
    );
  }

  /** Takes an offer back; false where a pilot has it already. */
  withdraw(name: string): boolean {
    try {
      rmSync(join(this.path, "offers", name));
      return true;
    } catch {
      return false;
    }
  }

  /** Asks the pilot that has it to end it. */
  stop(name: string): void {
    writeFileSync(join(this.path, "stops", name), "");
  }

  end(name: string): WorkEnd | undefined {
    const file = join(this.path, "ends", name);
    if (existsSync(file)) return { code: Number(readFileSync(file, "utf8")) };
    return existsSync(join(this.path, "lost", name)) ? "lost" : undefined;
  }

  forget(name: string): void {
    for (const part of ["ends", "lost", "stops"])
      rmSync(join(this.path, part, name), { force: true });
  }

  /** Work that is offered, and that pilots have. */
  counts(): { readonly offered: number; readonly claimed: number } {
    return { offered: this.list("offers").length, claimed: this.list("claims").length };
  }

  /** Takes away what a pilot has that is gone; whatever it may still do with it counts no more. */
  revoke(pilot: string): string[] {
    const mine = this.list("claims").filter((one) => one.endsWith(`.${pilot}`));
    return mine.flatMap((claim) => {
      const name = claim.slice(0, -pilot.length - 1);
      try {
        renameSync(join(this.path, "claims", claim), join(this.path, "lost", name));
        return [name];
      } catch {
        return []; // it ended in between
      }
    });
  }

  note(pilot: PilotRecord): void {
    const { name } = pilot;
    writeWhole(
      join(this.path, "submitted", name),
      JSON.stringify(pilot),
      join(this.path, `.${name}`),
    );
  }

  dismiss(pilot: string): void {
    rmSync(join(this.path, "submitted", pilot), { force: true });
  }

  /** Those that are not known to be gone, also of an earlier life of the runner. */
  pilots(): PilotRecord[] {
    return this.list("submitted").map(
      (name) => JSON.parse(readFileSync(join(this.path, "submitted", name), "utf8")) as PilotRecord,
    );
  }

  /** Pilots that have work, by the claims themselves: also such as were given up and began, or went on, after all. */
  claimants(): PilotRecord[] {
    const since = new Map<string, number>();
    for (const claim of this.list("claims")) {
      const name = claim.slice(claim.indexOf(".") + 1);
      const taken_ms = statSync(join(this.path, "claims", claim), {
        throwIfNoEntry: false,
      })?.ctimeMs;
      // Ended in between where there is none.
      if (taken_ms !== undefined) since.set(name, Math.max(taken_ms, since.get(name) ?? 0));
    }
    return [...since].map(([name, submitted_ms]) => ({ name, submitted_ms }));
  }

  /** When a pilot was last heard of, by the disk's clock; `ended`: it said good-bye. */
  heardOf(pilot: string): { readonly beat_ms: number; readonly ended: boolean } | undefined {
    const folder = join(this.path, "pilots", pilot);
    if (!existsSync(join(folder, "beat"))) return undefined;
    return {
      beat_ms: statSync(join(folder, "beat")).mtimeMs,
      ended: existsSync(join(folder, "ended")),
    };
  }

  /** Time that pilots have had nodes, hours. */
  hours(): number {
    return this.list("pilots").reduce((sum, pilot) => {
      const file = join(this.path, "pilots", pilot, "job");
      const beat_ms = this.heardOf(pilot)?.beat_ms;
      if (beat_ms === undefined || !existsSync(file)) return sum;
      const began_s = Number(readFileSync(file, "utf8").trim().split(" ").at(-1));
      return sum + Math.max(0, beat_ms / 1000 - began_s) / 3600;
    }, 0);
  }

  private list(part: (typeof PARTS)[number]): string[] {
    return readdirSync(join(this.path, part)).filter((name) => !name.startsWith("."));
  }
}
