import type { ReportStep } from '../model.ts';
import { stampsOf } from '../occupancy.ts';

/**
 * Puts every step that ran into the lowest lane that is free at its start, as a slot would take it. EMR does not
 * tell which slot a step had; the number of lanes is the most that ran at once all the same.
 */
export function lanesOf(steps: readonly ReportStep[]): { lanes: [ReportStep, number][]; count: number } {
  const ran = steps
    .map((step) => ({ step, ...stampsOf(step) }))
    .filter((one) => one.startedMs !== null)
    .sort((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0));
  const freeAt: number[] = [];
  const lanes = ran.map(({ step, startedMs, endedMs }): [ReportStep, number] => {
    const free = freeAt.findIndex((at) => at <= (startedMs ?? 0));
    const lane = free < 0 ? freeAt.length : free;
    freeAt[lane] = endedMs ?? Number.POSITIVE_INFINITY;
    return [step, lane];
  });
  return { lanes, count: freeAt.length };
}
