import { formatDuration, windowName } from '../../domain/text.ts';
import { isDeterministic } from '../failures/advice.ts';
import type { Suggestion } from '../model/findings.ts';
import { isBroken } from '../steps/comparable.ts';
import { unmodelledSeconds } from '../steps/makespan.ts';
import { overhead, slots } from './cluster.ts';
import { fromFailures } from './failures.ts';
import { longestStep } from './longestStep.ts';
import { order, type Replayable, type ReplayChange, replay, type SuggestionFacts } from './order.ts';
import { activeCap, startGap, submission } from './submission.ts';

export interface Suggested {
  readonly suggestions: Suggestion[];
  readonly together: string | null;
}

/**
 * What to change first, each with the number that triggered it. Causes of failed steps come first: a round whose checks fail is
 * not made faster. Where most of the round failed, or only some checks were to run, nothing else is suggested. Then what a replay
 * could measure, the greatest gain first. Advice on slots is left out where all failures would come again on any cluster.
 */
export function suggest({ isPart, ...facts }: SuggestionFacts & { readonly isPart: boolean }): Suggested {
  const failures = fromFailures(facts);
  const allDeterministic =
    facts.counts.successful === 0 && facts.failures.length > 0 && facts.failures.every(isDeterministic);
  if (isPart || allDeterministic || isBroken(facts)) return { suggestions: failures, together: null };
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

/** What all replayable suggestions gain together, which is less than their sum; null where there are not two of them. */
function together(facts: SuggestionFacts, replayable: readonly Replayable[]): string | null {
  const { findings, verdict, steps } = facts;
  const { limit } = findings.slots;
  if (replayable.length < 2 || limit === null || findings.model.makespanSeconds === null) return null;
  const change: ReplayChange = Object.assign({}, ...replayable.map((one) => one.change));
  const seconds = replay(steps, limit, change) + unmodelledSeconds(facts);
  const window = `the ${windowName(verdict.windowSeconds)} window`;
  const fits = seconds <= verdict.windowSeconds ? `fits ${window}` : `does not fit ${window}`;
  return `Together (${partsOf(change).join(', ')}): about ${formatDuration(seconds)}, which ${fits}, by replaying these steps.`;
}

function partsOf({ slots, longestFirst, tuned }: ReplayChange): string[] {
  return [
    ...(slots === undefined ? [] : [`${slots} slots`]),
    ...(longestFirst ? ['the longest first'] : []),
    ...(tuned ? [`${tuned.checks.join(' and ')} tuned to ${formatDuration(tuned.targetSeconds)}`] : []),
  ];
}
