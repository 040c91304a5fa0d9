import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasEventLog, openEventLog } from "../../adapters/storage/open-event-log.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../src/events/lab-event.ts";

/** A place where no log is yet, and what the suite can do to it behind the backend's back. */
export interface LogPlace {
  readonly address: string;
  /** Stores an event that a newer version of Tieline would write, after what is there. */
  readonly plantNewer?: () => Promise<void>;
  /** Leaves the beginning of a group that was being written when the process died. */
  readonly tear?: () => Promise<void>;
  /** Changes the stored event at `position`, as a failing disk or a careless hand would. */
  readonly damage?: (position: number) => Promise<void>;
  /** Makes every write fail from now on (disk full, connection gone); resolves to what undoes it. */
  readonly breakWrites?: () => Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/** A backend under test. What a place cannot do to its log is told in `without`, each with the reason. */
export interface LogHouse {
  readonly name: string;
  fresh(): Promise<LogPlace>;
  readonly without?: Partial<Record<"plantNewer" | "tear" | "damage" | "breakWrites", string>>;
}

export const draft = (n: number, text = "x"): EventDraft => ({
  time_ms: 1000 + n,
  fact: { type: "timer.fired", timerId: `${text}/é${n}` },
});
export const drafts = (from: number, count: number, text?: string): EventDraft[] =>
  Array.from({ length: count }, (_, k) => draft(from + k, text));

export async function all(log: EventLog, from?: number): Promise<LabEvent[]> {
  const events: LabEvent[] = [];
  for await (const event of log.read(from)) events.push(event);
  return events;
}

const positions = (events: readonly LabEvent[]): number[] => events.map((one) => one.position);
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** What every backend of the event log must do; memory, file and each further one run it. */
export function describeEventLog(house: LogHouse): void {
  let place: LogPlace;
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, event) => void warnings.push(event) };

  beforeEach(async () => {
    place = await house.fresh();
    warnings.length = 0;
  });
  afterEach(async () => {
    await place.remove();
  });

  const open = (readOnly = false): Promise<EventLog> =>
    openEventLog({ address: place.address, logger, readOnly });

  /** Opens the log, does something with it and closes it. */
  async function withLog<T>(use: (log: EventLog) => Promise<T>, readOnly = false): Promise<T> {
    const log = await open(readOnly);
    try {
      return await use(log);
    } finally {
      await log.close();
    }
  }

  describe("order and positions", () => {
    test("positions are 1, 2, 3 ... over groups, and an empty log is at 0", async () => {
      await withLog(async (log) => {
        expect(log.lastPosition).toBe(0);
        expect(await all(log)).toEqual([]);
        expect(positions(await log.append(drafts(1, 3)))).toEqual([1, 2, 3]);
        expect(log.lastPosition).toBe(3);
        expect(positions(await log.append(drafts(4, 1)))).toEqual([4]);
        expect(await all(log)).toEqual(drafts(1, 4).map((d, k) => ({ position: k + 1, ...d })));
      });
    });

    test("an empty group writes nothing", async () => {
      await withLog(async (log) => {
        await log.append(drafts(1, 1));
        expect(await log.append([])).toEqual([]);
        expect(log.lastPosition).toBe(1);
        expect(await all(log)).toHaveLength(1);
      });
    });

    test("what append gives is what read gives: as JSON, key by key in order", async () => {
      const fact: EventDraft["fact"] = {
        type: "message.quarantined",
        topic: 'a/"b"/\u0001\\ \u2028 日本 🧪',
        payloadBase64: "",
        bytes: 1.5e-7,
        reason: "notJson",
      };
      await withLog(async (log) => {
        const [written] = await log.append([{ time_ms: 1_900_000_000_123, fact }]);
        const [found] = await all(log);
        expect(JSON.stringify(found)).toBe(JSON.stringify(written));
        expect(JSON.stringify(found?.fact)).toBe(JSON.stringify(fact));
      });
    });

    test("numbers come back to the last bit", async () => {
      const values = [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.1, 2 ** 53, 1 / 3];
      await withLog(async (log) => {
        await log.append(
          values.map((bytes) => ({
            time_ms: 1,
            fact: {
              ...{ type: "message.quarantined" as const, topic: "t", payloadBase64: "" },
              ...{ bytes, reason: "notJson" as const },
            },
          })),
        );
        const found = (await all(log)).map(({ fact }) =>
          "bytes" in fact ? fact.bytes : Number.NaN,
        );
        expect(found).toEqual(values);
      });
    });

    test("reads from a position on, also from behind the end", async () => {
      await withLog(async (log) => {
        await log.append(drafts(1, 5));
        expect(positions(await all(log, 4))).toEqual([4, 5]);
        expect(positions(await all(log, 1))).toEqual(upTo(5));
        expect(await all(log, 6)).toEqual([]);
      });
    });

    test("a reading ends at what was there, while the log grows", async () => {
      await withLog(async (log) => {
        await log.append(drafts(1, 3));
        const seen: number[] = [];
        for await (const { position } of log.read()) {
          seen.push(position);
          if (seen.length <= 3) await log.append([draft(3 + position)]);
        }
        expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
        expect(seen).toEqual(upTo(seen.length));
        expect(positions(await all(log))).toEqual(upTo(6));
      });
    });

    test("a reading may be given up in the middle", async () => {
      await withLog(async (log) => {
        await log.append(drafts(1, 50));
        for await (const { position } of log.read()) if (position === 2) break;
        await log.append(drafts(51, 1));
        expect(positions(await all(log))).toEqual(upTo(51));
      });
    });
  });

  describe("durability", () => {
    test("what was acknowledged is there after closing and opening again", async () => {
      await withLog((log) => log.append(drafts(1, 3)));
      await withLog(async (log) => {
        expect(log.lastPosition).toBe(3);
        expect(positions(await log.append(drafts(4, 2)))).toEqual([4, 5]);
      });
      await withLog(async (log) => {
        expect(await all(log)).toEqual(drafts(1, 5).map((d, k) => ({ position: k + 1, ...d })));
      });
      expect(warnings).toEqual([]);
    });

    test("a group of a thousand events is one group", async () => {
      await withLog(async (log) => {
        expect(positions(await log.append(drafts(1, 1000)))).toEqual(upTo(1000));
      });
      await withLog(async (log) => {
        expect(positions(await all(log))).toEqual(upTo(1000));
      });
    });

    test("events of megabytes are kept, beside small ones", async () => {
      const large = "y".repeat(3_000_001);
      await withLog((log) => log.append([draft(1), draft(2, large), draft(3)]));
      await withLog(async (log) => {
        const events = await all(log);
        expect(positions(events)).toEqual([1, 2, 3]);
        expect(events[1]?.fact).toEqual(draft(2, large).fact);
      });
    });

    test("nothing is taken after closing, and closing twice is no error", async () => {
      const log = await open();
      await log.append(drafts(1, 1));
      await log.close();
      await log.close();
      await expect(log.append([draft(2)])).rejects.toMatchObject({ code: "TL-4003" });
      await withLog(async (again) => expect(again.lastPosition).toBe(1));
    });
  });

  describe("who may write", () => {
    test("a second writer is TL-4005; the first goes on, and its hold ends with it", async () => {
      await withLog(async (log) => {
        await log.append([draft(1)]);
        await expect(open()).rejects.toMatchObject({ code: "TL-4005" });
        await log.append([draft(2)]);
      });
      await withLog(async (log) => expect(log.lastPosition).toBe(2));
    });

    test("looking only needs no hold, takes nothing, and sees what is there", async () => {
      await withLog(async (writer) => {
        await writer.append(drafts(1, 2));
        await withLog(async (log) => {
          expect(positions(await all(log))).toEqual([1, 2]);
          await expect(log.append([draft(3)])).rejects.toMatchObject({ code: "TL-4003" });
        }, true);
        await writer.append([draft(3)]);
      });
      await withLog(async (log) => expect(positions(await all(log))).toEqual([1, 2, 3]), true);
    });

    test("looking where no log is yet is TL-4001 and makes none", async () => {
      expect(await hasEventLog(place.address)).toBe(false);
      await expect(open(true)).rejects.toMatchObject({ code: "TL-4001" });
      expect(await hasEventLog(place.address)).toBe(false);
      await withLog((log) => log.append([draft(1)]));
      expect(await hasEventLog(place.address)).toBe(true);
    });
  });

  describe("what goes wrong", () => {
    possible(
      "plantNewer",
      "an event of a newer version is TL-4002, and nothing is changed",
      async (plant) => {
        await withLog((log) => log.append(drafts(1, 2)));
        await plant();
        for (let k = 0; k < 2; k++) await expect(open()).rejects.toMatchObject({ code: "TL-4002" });
      },
    );

    possible(
      "tear",
      "a torn end is cut off with one warning, and nothing before it is lost",
      async (tear) => {
        await withLog((log) => log.append(drafts(1, 3)));
        await tear();
        await withLog(async (log) => {
          expect(positions(await all(log))).toEqual([1, 2, 3]);
        }, true);
        warnings.length = 0;
        await withLog(async (log) => {
          expect(log.lastPosition).toBe(3);
          expect(positions(await log.append([draft(9)]))).toEqual([4]);
        });
        expect(warnings).toHaveLength(1);
        await withLog(async (log) => {
          expect((await all(log)).map((one) => one.fact)).toEqual(
            [...drafts(1, 3), draft(9)].map((one) => one.fact),
          );
        });
        expect(warnings).toHaveLength(1);
      },
    );

    possible("damage", "an event that was changed in its place is TL-4004", async (damage) => {
      await withLog(async (log) => {
        for (let n = 1; n <= 4; n++) await log.append([draft(n)]);
      });
      await damage(2);
      await expect(withLog(all)).rejects.toMatchObject({ code: "TL-4004" });
      await expect(withLog(all, true)).rejects.toMatchObject({ code: "TL-4004" });
    });

    possible(
      "breakWrites",
      "a failing append is TL-4003, again at the next, and what was acknowledged stays",
      async (breakWrites) => {
        const acknowledged: LabEvent[] = [];
        const log = await open();
        acknowledged.push(...(await log.append(drafts(1, 3))));
        const mend = await breakWrites();
        const fill = async (): Promise<void> => {
          for (let n = 1; n < 1000; n++)
            acknowledged.push(...(await log.append([draft(n, "z".repeat(2000))])));
        };
        await expect(fill()).rejects.toMatchObject({ code: "TL-4003" });
        await expect(log.append([draft(0)])).rejects.toMatchObject({ code: "TL-4003" });
        await log.close();
        await mend();
        await withLog(async (again) => {
          expect(await all(again)).toEqual(acknowledged);
          expect(positions(await again.append([draft(7)]))).toEqual([acknowledged.length + 1]);
        });
      },
    );
  });

  /** A test for the places that can do `what` to their log; where they cannot, its name says why. */
  function possible<What extends "plantNewer" | "tear" | "damage" | "breakWrites">(
    what: What,
    claim: string,
    body: (act: NonNullable<LogPlace[What]>) => Promise<void>,
  ): void {
    const reason = house.without?.[what];
    test.skipIf(reason !== undefined)(
      reason === undefined ? claim : `${claim} (not here: ${reason})`,
      async () => {
        const act = place[what];
        if (act === undefined) throw new Error(`${house.name}: no ${what}, and no reason why not`);
        await body(act);
      },
    );
  }
}
