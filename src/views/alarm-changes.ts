import type { AlarmView } from "./overview-view.ts";

/** What was raised and what was cleared between two looks at the laboratory. */
export interface AlarmChanges {
  readonly raised: readonly AlarmView[];
  readonly cleared: readonly AlarmView[];
}

/** Alarms by their ids: one whose text has changed is the same alarm still. */
export function alarmChanges(
  before: readonly AlarmView[],
  after: readonly AlarmView[],
): AlarmChanges {
  const ids = (alarms: readonly AlarmView[]) => new Set(alarms.map(({ alarmId }) => alarmId));
  const [known, left] = [ids(before), ids(after)];
  return {
    raised: after.filter(({ alarmId }) => !known.has(alarmId)),
    cleared: before.filter(({ alarmId }) => !left.has(alarmId)),
  };
}
