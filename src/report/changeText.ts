import type { Suggestion } from './findingsModel.ts';

/** The setting, what it is and what to try: "StepConcurrencyLevel: 8 → 16". Foreign parts are not escaped. */
export function changeText({ setting, from, to }: Pick<Suggestion, 'setting' | 'from' | 'to'>): string {
  return from === 'not known'
    ? `${setting}: ${to} (what it is now is not known)`
    : `${setting}: ${from} → ${to}`;
}
