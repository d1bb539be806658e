import { checkKey } from './checkKey.ts';
import type { MeasuredRound } from './checkTimes.ts';
import type { Suggestion } from './findingsModel.ts';
import type { ClusterConfigUsed } from './model.ts';

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

/** Why the order of the checks cannot have been tried: they were handed in one after another as before. */
export function orderNotTried(
  { id }: Suggestion,
  before: MeasuredRound,
  now: MeasuredRound,
): string | undefined {
  if (id !== 'order') return undefined;
  const was = submissionOrder(before);
  const isSame = was !== undefined && was === submissionOrder(now);
  return isSame ? 'the checks were submitted in the same order' : undefined;
}

/** Undefined where two steps carry the same stamp: then EMR does not tell which came first. */
function submissionOrder({ steps }: MeasuredRound): string | undefined {
  const stamps = new Set(steps.map(({ createdAt }) => createdAt));
  if (stamps.size < steps.length) return undefined;
  return steps
    .toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    .map(checkKey)
    .join('\n');
}
