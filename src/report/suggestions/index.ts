import { isDeterministic } from '../failures/advice.ts';
import type { Suggestion } from '../model/findings.ts';
import type { ToFit } from '../model/toFit.ts';
import { isBroken } from '../steps/comparable.ts';
import type { SuggestionFacts } from '../toFit/facts.ts';
import type { PriceFacts } from '../toFit/rows.ts';
import { whatItTakes } from '../toFit/toFit.ts';
import { fromFailures } from './failures.ts';
import { activeCap, lostMachines } from './limits.ts';
import { nextLevel } from './nextLevel.ts';
import { overhead } from './overhead.ts';
import { unscaledByMistake } from './unscaled.ts';

export interface Suggested {
  readonly suggestions: Suggestion[];
  readonly toFit: ToFit | null;
}

/**
 * What to change, each with the number that triggered it, beside what it takes to fit. Lost machines, causes of failed steps and checks
 * at 1x by mistake come first: a round whose checks fail is not made faster. Where most of the round failed, or only some checks were to run, or all failures
 * would come again on any cluster, nothing else is suggested.
 */
export function suggest(
  { isPart, ...facts }: SuggestionFacts & { readonly isPart: boolean },
  prices: PriceFacts,
): Suggested {
  const first = [...lostMachines(facts), ...fromFailures(facts), ...unscaledByMistake(facts)];
  const allDeterministic =
    facts.counts.successful === 0 && facts.failures.length > 0 && facts.failures.every(isDeterministic);
  if (isPart || allDeterministic || isBroken(facts)) return { suggestions: first, toFit: null };
  return {
    suggestions: [...first, ...activeCap(facts), ...nextLevel(facts), ...overhead(facts)],
    toFit: whatItTakes(facts, prices),
  };
}
