import { formatDuration } from '../durations.ts';
import type { Suggestion } from '../findingsModel.ts';
import { percent } from '../share.ts';
import type { SuggestionFacts } from './facts.ts';

/** Long steps that start late leave the other slots empty at the end. */
export function order({ findings, verdict }: SuggestionFacts): Suggestion[] {
  const { makespanSeconds, longestFirstSeconds } = findings.model;
  const { seconds, shareOfRuntime } = findings.tail;
  if (makespanSeconds === null || longestFirstSeconds === null || seconds === null) return [];
  const gain = makespanSeconds - longestFirstSeconds;
  if ((shareOfRuntime ?? 0) < 0.15 || gain < 0.05 * makespanSeconds) return [];
  const target = (verdict.runtimeSeconds ?? makespanSeconds) - gain;
  return [
    {
      id: 'order',
      title: 'Submit the longest checks first',
      measured: `for the last ${formatDuration(seconds)} (${percent(shareOfRuntime ?? 0)} of the round) fewer than half of the slots were busy`,
      metric: { name: 'tailSeconds', value: seconds },
      setting: 'order in which the DAG submits the checks',
      from: 'as submitted in this round',
      to: 'longest first, by the times of this report',
      expected: `about ${formatDuration(gain)} sooner (${formatDuration(target)}), by replaying these steps`,
      nextRound: {
        sentence: `The tail is at most ${formatDuration(seconds / 2)}.`,
        is: 'at most',
        value: Math.round(seconds / 2),
      },
    },
  ];
}
