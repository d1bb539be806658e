import type { MeasuredRound } from './checkTimes.ts';
import type { Suggestion } from './findingsModel.ts';
import { orderUntried } from './orderTried.ts';
import { settingChanges } from './settingChanges.ts';

const shown = 3;

/**
 * What else changed between two rounds, beside the setting of a suggestion: the credit or the blame may be its. Undefined where
 * nothing else is known to have changed. Holds names and values of a cluster config, which are foreign.
 */
export function changedToo(
  { id, setting, to, metric }: Suggestion,
  before: MeasuredRound,
  now: MeasuredRound,
): string | undefined {
  const changes = settingChanges(before.clusterConfig, now.clusterConfig);
  const isAskedFor = (name: string) =>
    name === setting || (name === 'core and task nodes' && to.includes('core node'));
  const others = changes
    .filter((change) => !isAskedFor(change.setting))
    .map((change) => `${change.setting} (was ${change.from}, is ${change.to})`);
  const isOfConfig = changes.some((change) => isAskedFor(change.setting));
  if (others.length === 0 && !isOfConfig && isAnotherConfig(before, now)) others.push('the cluster config');
  if (metric.name === 'runtimeSeconds' && id !== 'order' && orderUntried(before, now) === undefined)
    others.push('the order of the checks');
  if (others.length === 0) return undefined;
  const more = others.length - shown;
  return `changed too: ${others.slice(0, shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function isAnotherConfig(before: MeasuredRound, now: MeasuredRound): boolean {
  const [was, is] = [before.clusterConfig?.digest, now.clusterConfig?.digest];
  return was !== undefined && is !== undefined && was !== is;
}
