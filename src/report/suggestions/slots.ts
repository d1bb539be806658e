import { formatDuration } from '../durations.ts';
import type { Suggestion } from '../findingsModel.ts';
import { inStartOrder, makespan } from '../makespan.ts';
import type { Report, ReportStep } from '../model.ts';
import { percent } from '../share.ts';
import type { SuggestionFacts } from './facts.ts';

/** More slots help only while the slots are full, steps wait, and no single step decides the end. */
export function slots({ findings, verdict, steps }: SuggestionFacts): Suggestion[] {
  const { waitingShare, meanRunning, bounds, slots: present } = findings;
  const limit = present.limit;
  if (limit === null || present.from !== 'cluster' || waitingShare === null || meanRunning === null)
    return [];
  const workBound = bounds.workOverSlotsSeconds ?? 0;
  const full = meanRunning >= 0.8 * limit;
  if (verdict.outcome !== 'missed' || waitingShare <= 0.3 || !full) return [];
  if (workBound <= (bounds.longestStepSeconds ?? 0)) return [];
  const better = fewestSlotsThatFit(steps, verdict, limit);
  if (!better) return [];
  return [
    {
      id: 'slots',
      title: 'Run more steps at once',
      measured: `steps spent ${percent(waitingShare)} of their time waiting while ${meanRunning.toFixed(1)} of ${limit} slots were busy on average`,
      metric: { name: 'runtimeSeconds', value: verdict.runtimeSeconds ?? 0 },
      setting: 'StepConcurrencyLevel',
      from: String(limit),
      to: String(better.slots),
      expected: `about ${formatDuration(better.seconds)} if no step gets slower; the nodes must have room for ${better.slots} steps`,
      nextRound: {
        sentence: `Total runtime at most ${formatDuration(better.seconds * 1.1)}, and the median no higher than now.`,
        is: 'at most',
        value: Math.round(better.seconds * 1.1),
      },
    },
  ];
}

/** Fewest slots that fit the window with a tenth to spare; else the fewest that do nearly as well as any, if that is much better. */
function fewestSlotsThatFit(
  steps: readonly ReportStep[],
  verdict: Report['verdict'],
  limit: number,
): { slots: number; seconds: number } | undefined {
  const runs = inStartOrder(steps).flatMap((step) => step.runSeconds ?? []);
  const work = runs.reduce((sum, seconds) => sum + seconds, 0);
  const gap = Math.max(0, (verdict.runtimeSeconds ?? 0) - makespan(runs, limit));
  const at = (count: number) => makespan(runs, count) + gap;
  const most = Math.min(256, limit * 4);
  const best = at(most);
  const target = best <= 0.9 * verdict.windowSeconds ? 0.9 * verdict.windowSeconds : 1.02 * best;
  if (best > verdict.windowSeconds && best >= 0.8 * at(limit)) return undefined;
  for (let count = limit + 1; count <= most; count++)
    // No schedule is shorter than the work shared out; the costly replay only where that leaves room.
    if (work / count + gap <= target && at(count) <= target) return { slots: count, seconds: at(count) };
  return undefined;
}
