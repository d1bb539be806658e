import { memoryMb } from '../checks/clusterConfig/sparkSubmit.ts';
import type { Suggestion } from './findingsModel.ts';
import type { ClusterConfigUsed } from './model.ts';
import { nodesText } from './settingChanges.ts';

/** Set by an option of spark-submit as well, so a config may hold them where the flat settings do not show them. */
const optionToo = new Set([
  'spark.driver.memory',
  'spark.executor.memory',
  'spark.executor.cores',
  'spark.executor.instances',
  'spark.submit.deployMode',
]);

/**
 * Why a change of the setting cannot have been tried between two rounds; undefined when it may have been. A query or the DAG
 * may change under the same cluster config, so equal digests only speak of what stands in that file.
 */
export function notTried(
  setting: string,
  before: ClusterConfigUsed | null,
  now: ClusterConfigUsed | null,
): string | undefined {
  if (!before || !now) return undefined;
  const was = settingIn(before, setting);
  const is = settingIn(now, setting);
  if (was !== undefined && is !== undefined) return was === is ? `${setting} is still ${is}` : undefined;
  if (before.digest !== undefined && before.digest === now.digest)
    return standsInConfig(setting) ? 'the cluster config is the same' : undefined;
  const listed = before.settings !== undefined && now.settings !== undefined && !optionToo.has(setting);
  const neither = was === undefined && is === undefined && listed && isProperty(setting);
  return neither ? `${setting} is set in neither cluster config` : undefined;
}

function settingIn(config: ClusterConfigUsed, setting: string): string | undefined {
  if (setting === 'StepConcurrencyLevel') return config.stepConcurrencyLevel?.toString();
  return config.settings?.[setting];
}

function isProperty(setting: string): boolean {
  return /^(?:spark|yarn)\.[\w.-]+$/.test(setting);
}

/** What a cluster config says: properties, the level, the machines and what is installed on them. */
function standsInConfig(setting: string): boolean {
  return /^(?:spark|yarn|fs)\.|^StepConcurrencyLevel$|node type|EBS volume|^market of|^bootstrap/.test(
    setting,
  );
}

/**
 * Why a setting that was changed was not changed as suggested: it moved the other way, or less far than the suggestion says. Undefined
 * where it was, and where values or suggestion are no numbers. A number that is suggested is always more than before.
 */
export function notAsSuggested(
  { setting, to }: Pick<Suggestion, 'setting' | 'to'>,
  before: ClusterConfigUsed | null,
  now: ClusterConfigUsed | null,
): string | undefined {
  const was = before ? settingIn(before, setting) : undefined;
  const is = now ? settingIn(now, setting) : undefined;
  const [wasSize, isSize] = [memoryMb(was), memoryMb(is)];
  if (isSize === undefined) return undefined;
  const leastSize = /^\d+/.exec(to)?.[0];
  const isOff =
    leastSize !== undefined
      ? isSize < Number(leastSize)
      : wasSize !== undefined &&
        ((/^(?:larger|higher)\b/.test(to) && isSize < wasSize) || (/^lower\b/.test(to) && isSize > wasSize));
  if (!isOff) return nodesNotAdded(to, before, now);
  return `${setting} was ${was ?? 'not set'}, is ${is}, was to be ${to.split(/[,:;]/)[0]}`;
}

/** More slots may be suggested with more core nodes: without them the steps wait in YARN, and nothing was tried. */
function nodesNotAdded(
  to: string,
  before: ClusterConfigUsed | null,
  now: ClusterConfigUsed | null,
): string | undefined {
  const more = /(\d+) more core nodes?\b/.exec(to)?.[1];
  const [was, is] = [before?.room?.nodes, now?.room?.nodes];
  const first = was?.[0];
  if (more === undefined || !before || !now || !was || !is || !first) return undefined;
  if (heldMb(is) >= heldMb(was) + Number(more) * first.yarnMb) return undefined;
  return `the core and task nodes were ${nodesText(before)}, are ${nodesText(now)}, were to be ${more} more`;
}

/** The YARN memory of all nodes. */
function heldMb(nodes: readonly { readonly count: number; readonly yarnMb: number }[]): number {
  return nodes.reduce((sum, { count, yarnMb }) => sum + count * yarnMb, 0);
}

/** Whether the level is known of the earlier round alone: EMR always has one, so that it was not taken away. */
export function isLevelUnknown(
  setting: string,
  before: ClusterConfigUsed | null,
  now: ClusterConfigUsed | null,
): boolean {
  const wasKnown = before?.stepConcurrencyLevel !== undefined;
  return setting === 'StepConcurrencyLevel' && wasKnown && now?.stepConcurrencyLevel === undefined;
}
