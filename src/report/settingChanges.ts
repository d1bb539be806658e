import type { ClusterConfigUsed } from './model.ts';

export interface SettingChange {
  readonly setting: string;
  /** "not set" where the cluster config says nothing. */
  readonly from: string;
  readonly to: string;
}

/** What differs between the clusters of two rounds: what EMR says of them first, then what stands in their configs. */
export function settingChanges(
  before: ClusterConfigUsed | null,
  now: ClusterConfigUsed | null,
): SettingChange[] {
  if (!before || !now) return [];
  const was = flat(before);
  const is = flat(now);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((setting) => {
    const [from, to] = [was.get(setting) ?? 'not set', is.get(setting) ?? 'not set'];
    return from === to ? [] : [{ setting, from, to }];
  });
}

/** `4 × m6i.2xlarge and 2 × m6i.xlarge`; undefined where the config does not tell. */
export function nodesText({ room }: ClusterConfigUsed): string | undefined {
  return room?.nodes?.map(({ type, count }) => `${count} × ${type}`).join(' and ');
}

function flat({ settings = {}, ...config }: ClusterConfigUsed): Map<string, string> {
  const known: [string, string | undefined][] = [
    ['StepConcurrencyLevel', config.stepConcurrencyLevel?.toString()],
    ['core and task nodes', nodesText(config)],
    ['ReleaseLabel', config.releaseLabel],
    ['kind of instances', config.instanceCollectionType],
    ...Object.entries(settings),
  ];
  return new Map(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
