import { isDeterministic } from '../failures/history.ts';
import type { Suggestion } from '../model/findings.ts';
import { isBroken } from '../steps/comparable.ts';
import type { SuggestionFacts } from './facts.ts';
import { fromFailures } from './failures.ts';
import { longestStep } from './longestStep.ts';
import { order } from './order.ts';
import { overhead } from './overhead.ts';
import type { Replayable } from './replay.ts';
import { slots } from './slots.ts';
import { activeCap, startGap, submission } from './submission.ts';
import { together } from './together.ts';

export interface Suggested {
  readonly suggestions: Suggestion[];
  readonly together: string | null;
}

/**
 * What to change first, each with the number that triggered it. Causes of failed steps come first: a round whose checks fail is
 * not made faster. Where most of the round failed, nothing else is suggested. Then what a replay could measure, the greatest gain first.
 * Advice on slots is left out where all failures would come again on any cluster.
 */
export function suggest(facts: SuggestionFacts): Suggested {
  const failures = fromFailures(facts);
  const allDeterministic =
    facts.counts.successful === 0 && facts.failures.length > 0 && facts.failures.every(isDeterministic);
  if (allDeterministic || isBroken(facts)) return { suggestions: failures, together: null };
  const replayable = [...slots(facts), ...longestStep(facts), ...order(facts)].sort(
    (a, b) => gainOf(b) - gainOf(a),
  );
  return {
    suggestions: [
      ...failures,
      ...activeCap(facts),
      ...replayable.map(({ suggestion }) => suggestion),
      ...submission(facts),
      ...startGap(facts),
      ...overhead(facts),
    ],
    together: together(facts, replayable),
  };
}

function gainOf({ suggestion }: Replayable): number {
  return suggestion.replayedGainSeconds ?? 0;
}
