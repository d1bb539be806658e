import { scanIntervals } from './scale.ts';
import type { IntervalUnit } from './schedules.ts';
import { decodeCheck } from './sourceText.ts';

/** One amount that a person fixed: in the baseline, as it was fixed at its load, and as another load has it now. */
export interface FixedAmount {
  readonly line: number;
  readonly unit: IntervalUnit;
  readonly baseline: number;
  readonly fixed: number;
  readonly now: number;
}

/**
 * The amounts of a fix that are not baseline × `load`. Empty where the files hold different windows, because then somebody
 * changed more than an amount.
 */
export function fixedAmounts(
  bytes: { readonly baseline: Uint8Array; readonly fixed: Uint8Array; readonly now: Uint8Array },
  unit: IntervalUnit,
  load: number,
): FixedAmount[] {
  const [baseline, fixed, now] = [bytes.baseline, bytes.fixed, bytes.now].map((one) => amountsIn(one, unit));
  if (!baseline || fixed?.length !== baseline.length || now?.length !== baseline.length) return [];
  return baseline.flatMap(({ amount }, index) => {
    const [was, is] = [fixed[index], now[index]];
    if (was === undefined || is === undefined || was.amount === amount * BigInt(load)) return [];
    const line = is.line;
    return { line, unit, baseline: Number(amount), fixed: Number(was.amount), now: Number(is.amount) };
  });
}

function amountsIn(bytes: Uint8Array, unit: IntervalUnit) {
  const text = decodeCheck(bytes);
  return 'invalid' in text ? undefined : scanIntervals(text.source, unit).literals;
}
