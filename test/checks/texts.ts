/** The three functions of `src/checks/scale.ts` over text, for tests that write their files as strings. */
import { fixIntervals, type Rewritten, scaleIntervals } from '../../src/checks/scale.ts';
import type { IntervalUnit } from '../../src/domain/schedules.ts';

export function scaleText(source: string, unit: IntervalUnit, load: number) {
  return withText(scaleIntervals(Buffer.from(source), unit, load));
}

export function fixText(
  source: string,
  units: readonly IntervalUnit[],
  fix: Parameters<typeof fixIntervals>[2],
) {
  return withText(fixIntervals(Buffer.from(source), units, fix));
}

function withText({ bytes, ...rest }: Rewritten) {
  return { ...rest, text: Buffer.from(bytes).toString() };
}
