import { formatDuration, percent } from '../../domain/text.ts';
import type { SuggestionFacts } from './facts.ts';
import { type Replayable, worthwhileShare } from './replay.ts';

/** Room for the noise of the next round. */
const noiseFactor = 1.05;

/** The gain alone decides: long steps that start late may cost minutes although the slots are busy nearly to the end. */
export function order({ findings, verdict }: SuggestionFacts): Replayable[] {
  const { makespanSeconds, longestFirstSeconds } = findings.model;
  if (makespanSeconds === null || longestFirstSeconds === null) return [];
  const gain = makespanSeconds - longestFirstSeconds;
  if (gain <= 0 || gain < worthwhileShare * makespanSeconds) return [];
  const runtime = verdict.runtimeSeconds ?? makespanSeconds;
  const target = runtime - gain;
  const { seconds, shareOfRuntime } = findings.tail;
  const tail =
    seconds === null || shareOfRuntime === null || seconds === 0
      ? ''
      : `; for the last ${formatDuration(seconds)} (${percent(shareOfRuntime)} of the round) fewer than half of the slots were busy`;
  return [
    {
      change: { longestFirst: true },
      suggestion: {
        id: 'order',
        title: 'Submit the longest checks first',
        measured: `replayed in the order of this round, the steps take ${formatDuration(makespanSeconds)}; the longest first, ${formatDuration(longestFirstSeconds)}${tail}`,
        setting: 'order of the checks (names in list_configs of the DAG file)',
        from: 'as submitted in this round',
        to: 'longest first, by the times of this report',
        expected: `about ${formatDuration(gain)} sooner (${formatDuration(target)}), by replaying these steps`,
        replayedGainSeconds: gain,
        success: `Total runtime at most ${formatDuration(target * noiseFactor)}.`,
      },
    },
  ];
}
