import { formatDuration, windowName } from '../../domain/text.ts';
import { unmodelledSeconds } from '../steps/makespan.ts';
import type { SuggestionFacts } from './facts.ts';
import { type Change, type Replayable, replay } from './replay.ts';

/** What all replayable suggestions gain together, which is less than their sum; null where there are not two of them. */
export function together(facts: SuggestionFacts, replayable: readonly Replayable[]): string | null {
  const { findings, verdict, steps } = facts;
  const { limit } = findings.slots;
  if (replayable.length < 2 || limit === null || findings.model.makespanSeconds === null) return null;
  const change: Change = Object.assign({}, ...replayable.map((one) => one.change));
  const seconds = replay(steps, limit, change) + unmodelledSeconds(facts);
  const window = `the ${windowName(verdict.windowSeconds)} window`;
  const fits = seconds <= verdict.windowSeconds ? `fits ${window}` : `does not fit ${window}`;
  return `Together (${partsOf(change).join(', ')}): about ${formatDuration(seconds)}, which ${fits}, by replaying these steps.`;
}

function partsOf({ slots, longestFirst, tuned }: Change): string[] {
  return [
    ...(slots === undefined ? [] : [`${slots} slots`]),
    ...(longestFirst ? ['the longest first'] : []),
    ...(tuned ? [`${tuned.checks.join(' and ')} tuned to ${formatDuration(tuned.targetSeconds)}`] : []),
  ];
}
