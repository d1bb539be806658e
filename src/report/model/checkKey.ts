import type { ReportStep } from './model.ts';

/** What makes two steps the same check, at any load: the schedule and the file's path, or its stem. */
export function checkKey(step: Pick<ReportStep, 'schedule' | 'path' | 'check'>): string {
  return `${step.schedule}/${checkName(step)}`;
}

/** What a check is called: by its file's path, else by its stem. */
export function checkName(step: Pick<ReportStep, 'path' | 'check'>): string {
  return step.path ?? step.check;
}

/** Groups in the order in which each first appears. (`Map.groupBy` is newer than Node 20.) */
export function groupBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** By code unit: the same order on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
