import type { InstrumentContext, MachineEvent, MachineState } from "../../machines/index.ts";

export const INSTRUMENT_INPUT = { instrumentId: "furnace-1" };
const BOOTS = ["b1", "b2"];
export const birth = (bootId: string) => ({
  type: "instrument.birth",
  bootId,
  kind: "furnace",
  capabilities: [],
  simulated: true,
});
export const report = (bootId: string, seq: number, change: object = {}) => ({
  type: "instrument.state",
  bootId,
  seq,
  operation: "idle",
  control: "automatic",
  safety: "ok",
  ...change,
});

/** Every form of every event of an instrument. */
export function instrumentEvents({ context }: MachineState<InstrumentContext>): MachineEvent[] {
  const { seq } = context;
  return [
    ...BOOTS.flatMap((bootId) => [
      birth(bootId),
      { type: "instrument.online", online: true, bootId },
      { type: "instrument.online", online: false, bootId },
      report(bootId, seq),
      ...["busy", "held", "fault"].map((operation) => report(bootId, seq + 1, { operation })),
      ...["local", "maintenance"].map((control) => report(bootId, seq + 1, { control })),
      ...["interlocked", "emergencyStopped"].map((safety) => report(bootId, seq + 1, { safety })),
    ]),
    { type: "instrument.doubt" },
    { type: "instrument.silent", jobId: "map.1.s1" },
    { type: "instrument.silent", jobId: "map.1.s1", keepsStates: true },
    { type: "instrument.answered" },
    { type: "timer.fired", timerId: context.timerId ?? "none" },
    { type: "timer.fired", timerId: "an old timer" },
    { type: "nonsense" },
  ];
}
