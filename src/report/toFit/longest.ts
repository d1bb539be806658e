import { toFix } from '../failures/advice.ts';
import { checkName } from '../model/checkKey.ts';
import type { Report } from '../model/model.ts';

/** A check with the longest of its completed runs. */
export interface LongCheck {
  readonly name: string;
  /** As a person calls it: its stem, or its path where two checks have the same. */
  readonly check: string;
  readonly seconds: number;
}

/**
 * Longest first; a check that ran more than once counts by its longest run. A run that did not complete says nothing about the
 * query, and a check that has to be fixed first is not tuned.
 */
export function longestChecks({ steps, failures }: Pick<Report, 'steps' | 'failures'>): LongCheck[] {
  const failing = toFix({ steps, failures });
  const longest = new Map<string, LongCheck>();
  const names = new Map<string, Set<string>>();
  for (const step of steps) {
    const { check, state, runSeconds } = step;
    const name = checkName(step);
    names.set(check, (names.get(check) ?? new Set()).add(name));
    if (state !== 'COMPLETED' || runSeconds === null || failing.has(check)) continue;
    const seconds = Math.max(runSeconds, longest.get(name)?.seconds ?? 0);
    longest.set(name, { name, check, seconds });
  }
  return [...longest.values()]
    .map((one) => ((names.get(one.check)?.size ?? 0) > 1 ? { ...one, check: one.name } : one))
    .sort((a, b) => b.seconds - a.seconds);
}
