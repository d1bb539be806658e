import { formatDuration, percent } from '../../domain/text.ts';
import { unmodelledSeconds } from '../steps/makespan.ts';
import type { SuggestionFacts } from './facts.ts';
import type { Replayable } from './replay.ts';
import { hasRoom, moreNodesFor, roomFor } from './room.ts';

/** More slots help only while the slots are full, steps wait, and no single step decides the end. */
export function slots(facts: SuggestionFacts): Replayable[] {
  const { findings, verdict, clusterConfig } = facts;
  const { waitingShare, meanRunning, bounds, slots: present } = findings;
  const limit = present.limit;
  if (limit === null || present.from !== 'cluster' || waitingShare === null || meanRunning === null)
    return [];
  const workBound = bounds.workOverSlotsSeconds ?? 0;
  const full = meanRunning >= 0.8 * limit;
  if (verdict.outcome !== 'missed' || waitingShare <= 0.3 || !full) return [];
  if (workBound <= (bounds.longestStepSeconds ?? 0)) return [];
  const room = clusterConfig?.room;
  const better =
    fewestSlotsThatFit(facts, limit, (count) => hasRoom(count, room)) ??
    fewestSlotsThatFit(facts, limit, () => true);
  if (!better) return [];
  const moreNodes = moreNodesFor(better.slots, room);
  return [
    {
      change: { slots: better.slots },
      suggestion: {
        id: 'slots',
        title: 'Run more steps at once',
        measured: `steps spent ${percent(waitingShare)} of their time waiting while ${meanRunning.toFixed(1)} of ${limit} slots were busy on average`,
        setting: 'StepConcurrencyLevel',
        from: String(limit),
        to: `${better.slots}${moreNodes === undefined ? '' : `, with ${moreNodes}`}`,
        expected: `about ${formatDuration(better.seconds)} if no step gets slower${roomFor(better.slots, room)}`,
        replayedGainSeconds: Math.max(0, (verdict.runtimeSeconds ?? 0) - better.seconds),
        success: `Total runtime at most ${formatDuration(better.seconds * 1.1)}.`,
      },
    },
  ];
}

/**
 * The fewest slots of the printed what-if table that fit the window with a tenth to spare; else the fewest that do nearly as
 * well as any, if that is much better. With those first that the nodes have room for: a slot without room is a step that waits in YARN.
 */
function fewestSlotsThatFit(
  facts: SuggestionFacts,
  limit: number,
  isMeant: (slots: number) => boolean,
): { slots: number; seconds: number } | undefined {
  const { windowSeconds } = facts.verdict;
  const runtime = facts.verdict.runtimeSeconds ?? 0;
  const beside = unmodelledSeconds(facts);
  const rows = facts.findings.whatIf
    .filter((one) => one.slots > limit && isMeant(one.slots))
    .map((one) => ({ slots: one.slots, seconds: one.makespanSeconds + beside }));
  const best = Math.min(...rows.map((row) => row.seconds));
  if (best > windowSeconds && best >= 0.8 * runtime) return undefined;
  const target = best <= 0.9 * windowSeconds ? 0.9 * windowSeconds : 1.02 * best;
  return rows.find((row) => row.seconds <= target);
}
