import { formatDuration, percent } from '../../domain/text.ts';
import type { Suggestion } from '../model/findings.ts';
import type { Report, ReportStep } from '../model/model.ts';
import { inStartOrder, makespan } from '../steps/makespan.ts';

export type SuggestionFacts = Pick<
  Report,
  'cluster' | 'verdict' | 'counts' | 'findings' | 'failures' | 'clusterConfig' | 'steps'
>;

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
        to: 'longest first, by this report',
        expected: `about ${formatDuration(gain)} sooner (${formatDuration(target)}), by replaying these steps`,
        replayedGainSeconds: gain,
        success: `Total runtime at most ${formatDuration(target * noiseFactor)}.`,
      },
    },
  ];
}

/** What a suggestion changes of a round, as far as a replay can measure it; what is absent stays as it was. */
export interface ReplayChange {
  readonly slots?: number;
  /** These checks take at most so long: there is less work. */
  readonly tuned?: { readonly checks: readonly string[]; readonly targetSeconds: number };
  /** These checks become two steps each: the work stays, and each half pays the start-up again. */
  readonly split?: { readonly checks: readonly string[]; readonly startUpSeconds: number };
  readonly longestFirst?: boolean;
}

/** A suggestion whose gain was replayed, with the change that was. */
export interface Replayable {
  readonly suggestion: Suggestion;
  readonly change: ReplayChange;
}

/** Two runs of the same round differ by several percent: a gain below this share could not be distinguished from that. */
export const worthwhileShare = 0.1;

/** Seconds from the first start to the last end, had the steps of the round run with these changes. */
export function replay(steps: readonly ReportStep[], presentSlots: number, change: ReplayChange): number {
  const { slots = presentSlots, tuned, split, longestFirst = false } = change;
  const runs = inStartOrder(steps).flatMap(({ check, runSeconds }) => {
    if (runSeconds === null) return [];
    const seconds = tuned?.checks.includes(check) ? Math.min(runSeconds, tuned.targetSeconds) : runSeconds;
    return split?.checks.includes(check) ? halves(seconds, split.startUpSeconds) : [seconds];
  });
  return makespan(longestFirst ? runs.toSorted((a, b) => b - a) : runs, slots);
}

function halves(seconds: number, startUpSeconds: number): [number, number] {
  const startUp = Math.min(startUpSeconds, seconds);
  const half = startUp + (seconds - startUp) / 2;
  return [half, half];
}
