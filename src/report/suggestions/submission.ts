import { formatDuration, percent } from '../../domain/text.ts';
import type { Suggestion } from '../model/findings.ts';
import { activeStepCap } from '../steps/findings.ts';
import type { SuggestionFacts } from './order.ts';

/** Slots that stay free although nothing waits: steps are submitted more slowly than they run. */
export function submission({ findings, counts, verdict }: SuggestionFacts): Suggestion[] {
  const { meanRunning, slots: present, waitingShare, tail } = findings;
  if (present.from !== 'cluster' || present.limit === null || meanRunning === null || waitingShare === null)
    return [];
  const idle = meanRunning < 0.5 * present.limit && waitingShare < 0.1 && counts.total > 2 * present.limit;
  if (!idle || (tail.shareOfRuntime ?? 0) > 0.3 || verdict.outcome === 'no_data') return [];
  return [
    {
      id: 'submission',
      title: 'Submit faster',
      measured: `${meanRunning.toFixed(1)} of ${present.limit} slots were busy on average and almost no step waited (${percent(waitingShare)})`,
      setting: 'how many steps the DAG keeps active',
      from: `at most ${findings.peakActive} at once in this round`,
      to: `at least ${2 * present.limit}`,
      expected: 'full slots, until the longest step or the nodes set the limit',
      success: `Steps running at once rise above ${meanRunning.toFixed(1)}.`,
    },
  ];
}

export function activeCap({ findings }: SuggestionFacts): Suggestion[] {
  if (!findings.activeCapMet) return [];
  return [
    {
      id: 'active-cap',
      title: 'Stay below the cap on active steps',
      measured: `${findings.peakActive} steps were active at once; EMR takes at most ${activeStepCap}`,
      setting: 'how many steps the DAG keeps active',
      from: String(findings.peakActive),
      to: '200',
      expected: 'no submission is refused',
      success: 'At most 200 steps are active at once.',
    },
  ];
}

export function startGap({ findings, verdict }: SuggestionFacts): Suggestion[] {
  const gap = findings.startGapSeconds;
  if (gap === null || gap < 0.1 * verdict.windowSeconds) return [];
  return [
    {
      id: 'start-gap',
      title: 'Submit when the cluster is ready',
      measured: `nothing ran for the first ${formatDuration(gap)}: ${percent(gap / verdict.windowSeconds)} of the window`,
      setting: 'when the DAG submits its first step',
      from: `${formatDuration(gap)} before the cluster ran one`,
      to: 'when the cluster is WAITING, or a cluster that is kept (conf.keep_cluster)',
      expected: `a total runtime ${formatDuration(gap)} shorter`,
      success: `The first step starts within ${formatDuration(gap / 4)} of its creation.`,
    },
  ];
}
