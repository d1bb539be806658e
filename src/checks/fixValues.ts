import type { IntervalUnit } from '../domain/schedules.ts';
import { scanIntervals } from '../intervals/scale.ts';

/** One value that the user fixed: in the baseline, as fixed at its load, and as another load has it now. */
export interface FixedValue {
  readonly line: number;
  readonly unit: IntervalUnit;
  readonly baseline: number;
  readonly fixed: number;
  readonly now: number;
}

/**
 * The values of a fix that are not baseline × `load`. Empty when the three files do not contain equally many
 * intervals: then more than a value was changed.
 */
export function fixedValues(
  bytes: { readonly baseline: Uint8Array; readonly fixed: Uint8Array; readonly now: Uint8Array },
  unit: IntervalUnit,
  load: number,
): FixedValue[] {
  const [baseline, fixed, now] = [bytes.baseline, bytes.fixed, bytes.now].map(
    (one) => scanIntervals(one, unit).literals,
  );
  if (!baseline || fixed?.length !== baseline.length || now?.length !== baseline.length) return [];
  return baseline.flatMap(({ value }, index) => {
    const [atLoad, current] = [fixed[index], now[index]];
    if (atLoad === undefined || current === undefined || atLoad.value === value * BigInt(load)) return [];
    const { line } = current;
    return { line, unit, baseline: Number(value), fixed: Number(atLoad.value), now: Number(current.value) };
  });
}
