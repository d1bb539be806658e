import { formatDuration, windowName } from '../durations.ts';
import type { SuggestionFacts } from './facts.ts';
import { type Change, type Replayable, replay } from './replay.ts';

/** What all replayable suggestions win at once, which is less than their sum; null where there are not two of them. */
export function together(
  { findings, verdict, steps }: SuggestionFacts,
  replayable: readonly Replayable[],
): string | null {
  const { limit } = findings.slots;
  const replayed = findings.model.makespanSeconds;
  if (replayable.length < 2 || limit === null || replayed === null) return null;
  const change: Change = Object.assign({}, ...replayable.map((one) => one.change));
  const beside = Math.max(0, (verdict.runtimeSeconds ?? replayed) - replayed);
  const seconds = replay(steps, limit, change) + beside;
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
