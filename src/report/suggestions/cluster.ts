import { maxConcurrentSteps, type StepCapacity, slotUse } from '../../dag/clusterConfig/capacity.ts';
import { formatDuration, percent, plural } from '../../domain/text.ts';
import type { Suggestion } from '../model/findings.ts';
import { unmodelledSeconds } from '../steps/makespan.ts';
import type { Replayable, SuggestionFacts } from './order.ts';

export function overhead({ findings }: SuggestionFacts): Suggestion[] {
  const { secondsPerStep, shareOfWork, from } = findings.overhead;
  if (secondsPerStep === null || shareOfWork === null || shareOfWork <= 0.5) return [];
  // The fastest step only bounds the fixed cost from above; that is no measurement.
  if (from !== 'fit over loads') return [];
  return [
    {
      id: 'overhead',
      title: 'Put several checks into one step',
      measured: `each step takes about ${formatDuration(secondsPerStep)} to start (from the loads that were measured), ${percent(shareOfWork)} of all work; bigger nodes will not help`,
      setting: 'checks in one step',
      from: '1',
      to: '4',
      expected: `up to ${percent(shareOfWork * 0.75)} less work`,
      success: 'Start-up is at most half of all work.',
    },
  ];
}

function hasCapacity(slots: number, capacity: StepCapacity | undefined): boolean {
  const use = capacity && slotUse(slots, capacity);
  return use === undefined || use.needed <= use.available;
}

/** Ends a sentence: what so many steps ask of the nodes against what these have; a condition where only one side is known. */
function capacityText(slots: number, capacity: StepCapacity | undefined): string {
  if (!capacity) return ', and if the nodes have the capacity: dags/cluster_configs/README.md has the sum';
  const { executors, executorMb, driverMb, nodes = [] } = capacity;
  const use = slotUse(slots, capacity);
  if (!use) {
    const drivers = driverMb > 0 ? ` and ${slots} drivers of ${driverMb} MiB` : '';
    const left = driverMb > 0 ? '' : ', drivers not counted';
    return `, and if the nodes have the capacity for ${slots * executors} executors of ${executorMb} MiB${drivers}: ${slots * (executors * executorMb + driverMb)} MiB of YARN memory${left}`;
  }
  const { needed, drivers, available } = use;
  const inside = drivers > 0 ? `, drivers in the space of ${drivers}` : ', drivers not counted';
  const machines = nodes.map(({ count, type }) => `${count} × ${type}`).join(' and ');
  return `; ${slots} steps ask YARN for ${needed} containers of ${executorMb} MiB${inside}, and ${machines} provide ${available}: enough for ${maxConcurrentSteps(capacity)} steps at once`;
}

/** `4 more core nodes (m6i.2xlarge)`; undefined where they fit or nobody can say. */
function moreNodesFor(slots: number, capacity: StepCapacity | undefined): string | undefined {
  const use = capacity && slotUse(slots, capacity);
  if (!capacity || !use || use.needed <= use.available) return undefined;
  if (use.moreNodes === undefined) return 'larger core nodes: no executor fits these';
  return `${plural(use.moreNodes, 'more core node')} (${capacity.nodes?.[0]?.type})`;
}

/** A cell of the table of other slots; undefined where nobody can say. */
export function capacityCell(slots: number, capacity: StepCapacity | undefined): string | undefined {
  const use = capacity && slotUse(slots, capacity);
  if (!capacity || !use) return undefined;
  if (use.needed <= use.available) return 'yes';
  return `needs ${moreNodesFor(slots, capacity)}`;
}

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
  const capacity = clusterConfig?.room;
  const better =
    fewestSlotsThatFit(facts, limit, (count) => hasCapacity(count, capacity)) ??
    fewestSlotsThatFit(facts, limit, () => true);
  if (!better) return [];
  const moreNodes = moreNodesFor(better.slots, capacity);
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
        expected: `about ${formatDuration(better.seconds)} if no step gets slower${capacityText(better.slots, capacity)}`,
        replayedGainSeconds: Math.max(0, (verdict.runtimeSeconds ?? 0) - better.seconds),
        success: `Total runtime at most ${formatDuration(better.seconds * 1.1)}.`,
      },
    },
  ];
}

/**
 * The fewest slots of the printed what-if table that fit the window with a tenth to spare; else the fewest that do nearly as
 * well as any, if that is much better. With those first that the nodes have room for: a slot without it is a step that waits in YARN.
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
