import { type StepCapacity, slotUse } from '../../dag/clusterConfig/capacity.ts';
import type { ToFitChange } from '../model/toFit.ts';

/**
 * The present core nodes against those that so many slots need; of several instance types the first one changes, and only grows.
 * Undefined where nobody can say, or no executor fits a node.
 */
export function nodesFor(slots: number, capacity: StepCapacity | undefined): ToFitChange['nodes'] {
  const [first, ...others] = capacity?.nodes ?? [];
  const use = capacity && slotUse(slots, capacity);
  if (!capacity || !first || use?.moreNodes === undefined) return undefined;
  const { type, count } = first;
  const fewest = Math.max(1, Math.ceil(use.needed / Math.floor(first.yarnMb / capacity.executorMb)));
  return { type, from: count, to: others.length === 0 ? fewest : count + use.moreNodes };
}
