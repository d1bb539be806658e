/** The three functions of `src/intervals/scale.ts` over text, for tests that write their files as strings. */

import type { IntervalUnit } from '../../src/domain/schedules.ts';
import { fixIntervals, type IntervalFix, type Rewritten, scaleIntervals } from '../../src/intervals/scale.ts';

export function scaleText(source: string, unit: IntervalUnit, load: number) {
  return withText(scaleIntervals(Buffer.from(source), unit, load));
}

export function fixText(source: string, fix: IntervalFix) {
  return withText(fixIntervals(Buffer.from(source), fix));
}

function withText({ bytes, ...rest }: Rewritten) {
  return { ...rest, text: Buffer.from(bytes).toString() };
}
