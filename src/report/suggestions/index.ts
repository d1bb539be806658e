import type { Suggestion } from '../findingsModel.ts';
import { isDeterministic } from '../signature.ts';
import type { SuggestionFacts } from './facts.ts';
import { fromFailures } from './failures.ts';
import { longestStep } from './longestStep.ts';
import { order } from './order.ts';
import { overhead } from './overhead.ts';
import { slots } from './slots.ts';
import { activeCap, startGap, submission } from './submission.ts';

/**
 * What to change first, each with the number that triggered it. Causes of failed steps come first: a round whose checks fail is
 * not made faster. Advice on slots is left out where all failures would come again on any cluster.
 */
export function suggest(facts: SuggestionFacts): Suggestion[] {
  const failures = fromFailures(facts);
  const allDeterministic =
    facts.counts.successful === 0 &&
    facts.failures.length > 0 &&
    facts.failures.every((group) => isDeterministic(group.class));
  if (allDeterministic) return failures;
  return [
    ...failures,
    ...activeCap(facts),
    ...slots(facts),
    ...longestStep(facts).map(({ suggestion }) => suggestion),
    ...order(facts),
    ...submission(facts),
    ...startGap(facts),
    ...overhead(facts),
  ];
}
