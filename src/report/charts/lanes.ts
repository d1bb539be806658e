import type { ReportStep } from '../model/model.ts';
import { stampsOf } from '../steps/occupancy.ts';

/** When something ran; null for what never started, or has not ended. The unit does not matter. */
export interface Ran {
  readonly started: number | null;
  readonly ended: number | null;
}

/**
 * Puts everything that ran into the lowest lane that is free at its start, as a slot would take it. EMR does not
 * tell which slot a step had; the number of lanes is still the most that ran at once.
 */
export function packed<T>(
  items: readonly T[],
  ranOf: (item: T) => Ran,
): { lanes: [item: T, lane: number][]; count: number } {
  const ran = items
    .map((item) => ({ item, ...ranOf(item) }))
    .filter((one) => one.started !== null)
    .sort((a, b) => (a.started ?? 0) - (b.started ?? 0));
  const freeAt: number[] = [];
  const lanes = ran.map(({ item, started, ended }): [T, number] => {
    const free = freeAt.findIndex((at) => at <= (started ?? 0));
    const lane = free < 0 ? freeAt.length : free;
    freeAt[lane] = ended ?? Number.POSITIVE_INFINITY;
    return [item, lane];
  });
  return { lanes, count: freeAt.length };
}

export function lanesOf(steps: readonly ReportStep[]): { lanes: [ReportStep, number][]; count: number } {
  return packed(steps, (step) => {
    const { startedMs, endedMs } = stampsOf(step);
    return { started: startedMs, ended: endedMs };
  });
}
