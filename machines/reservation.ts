import { assign, setup } from "xstate";
import type { Effect, Stamp } from "./effect.ts";

/** One station, one job at a time, also across campaigns. */
export interface ReservationContext {
  readonly instrumentId: string;
  readonly jobId: string | undefined;
  /** When its last job let it go. */
  readonly freed_ms?: number | undefined;
}

export type ReservationEvent =
  | ({ readonly type: "reservation.request"; readonly jobId: string } & Stamp)
  | ({ readonly type: "reservation.release"; readonly jobId: string } & Stamp);

/**
 * `free` and `granted` have no deadline: a reservation ends with its job, and every state of a job that holds an
 * instrument has one. A request is granted or refused within the event that makes it.
 */
export const reservationMachine = setup({
  types: {
    context: {} as ReservationContext,
    events: {} as ReservationEvent,
    input: {} as { readonly instrumentId: string },
  },
  actions: { effect: (_, _effect: Effect) => {} },
  guards: {
    isHolder: ({ context, event }) => context.jobId === event.jobId,
  },
}).createMachine({
  id: "reservation",
  initial: "free",
  context: ({ input }) => ({ instrumentId: input.instrumentId, jobId: undefined }),
  on: {
    "*": {
      actions: {
        type: "effect",
        params: ({ event }) => ({ kind: "unexpected", event: event.type }),
      },
    },
  },
  states: {
    free: {
      on: {
        "reservation.request": {
          target: "granted",
          actions: assign({ jobId: ({ event }) => event.jobId }),
        },
        // A job lets go in each of its ends, whether or not it still held the station.
        "reservation.release": {},
      },
    },
    granted: {
      on: {
        "reservation.release": {
          guard: "isHolder",
          target: "free",
          actions: assign({ jobId: undefined, freed_ms: ({ event }) => event.time_ms }),
        },
      },
    },
  },
});
