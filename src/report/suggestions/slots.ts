import { formatDuration } from '../durations.ts';
import type { Findings } from '../findingsModel.ts';
import type { Report } from '../model.ts';
import { percent } from '../share.ts';
import type { SuggestionFacts } from './facts.ts';
import type { Replayable } from './replay.ts';
import { roomFor } from './room.ts';

/** More slots help only while the slots are full, steps wait, and no single step decides the end. */
export function slots({ findings, verdict, clusterConfig }: SuggestionFacts): Replayable[] {
  const { waitingShare, meanRunning, bounds, slots: present } = findings;
  const limit = present.limit;
  if (limit === null || present.from !== 'cluster' || waitingShare === null || meanRunning === null)
    return [];
  const workBound = bounds.workOverSlotsSeconds ?? 0;
  const full = meanRunning >= 0.8 * limit;
  if (verdict.outcome !== 'missed' || waitingShare <= 0.3 || !full) return [];
  if (workBound <= (bounds.longestStepSeconds ?? 0)) return [];
  const better = fewestSlotsThatFit(findings, verdict, limit);
  if (!better) return [];
  return [
    {
      change: { slots: better.slots },
      suggestion: {
        id: 'slots',
        title: 'Run more steps at once',
        measured: `steps spent ${percent(waitingShare)} of their time waiting while ${meanRunning.toFixed(1)} of ${limit} slots were busy on average`,
        metric: { name: 'runtimeSeconds', value: verdict.runtimeSeconds ?? 0 },
        setting: 'StepConcurrencyLevel',
        from: String(limit),
        to: String(better.slots),
        expected: `about ${formatDuration(better.seconds)} if no step gets slower, and ${roomFor(better.slots, clusterConfig?.settings)}`,
        replayedGainSeconds: Math.max(0, (verdict.runtimeSeconds ?? 0) - better.seconds),
        nextRound: {
          sentence: `Total runtime at most ${formatDuration(better.seconds * 1.1)}, and the median no higher than now.`,
          is: 'at most',
          value: Math.round(better.seconds * 1.1),
        },
      },
    },
  ];
}

/**
 * The fewest slots of the printed what-if table that fit the window with a tenth to spare; else the fewest that do nearly as
 * well as any, if that is much better.
 */
function fewestSlotsThatFit(
  { whatIf, model }: Findings,
  { runtimeSeconds, windowSeconds }: Report['verdict'],
  limit: number,
): { slots: number; seconds: number } | undefined {
  const runtime = runtimeSeconds ?? 0;
  const beside = Math.max(0, runtime - (model.makespanSeconds ?? runtime));
  const rows = whatIf
    .filter((one) => one.slots > limit)
    .map((one) => ({ slots: one.slots, seconds: one.makespanSeconds + beside }));
  const best = Math.min(...rows.map((row) => row.seconds));
  if (best > windowSeconds && best >= 0.8 * runtime) return undefined;
  const target = best <= 0.9 * windowSeconds ? 0.9 * windowSeconds : 1.02 * best;
  return rows.find((row) => row.seconds <= target);
}
