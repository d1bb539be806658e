/** The names of the configs together: the clusters of a schedule are found by the beginning of their names. */
import type { Schedule } from '../schedules.ts';
import { type Finding, refuse } from './finding.ts';
import { isObject } from './model.ts';

export interface NamedConfig {
  readonly schedule: Schedule;
  readonly json?: unknown;
}

/** A finding for each config whose name is the beginning of another's. */
export function nameClashes(
  configs: readonly NamedConfig[],
): { readonly schedule: Schedule; readonly finding: Finding }[] {
  const names = configs.flatMap(({ schedule, json }) =>
    isObject(json) && typeof json.Name === 'string' && json.Name !== ''
      ? [{ schedule, name: json.Name }]
      : [],
  );
  return names.flatMap(({ schedule, name }) => {
    const other = names.find((one) => one.schedule !== schedule && one.name.startsWith(name));
    if (other === undefined) return [];
    const finding = refuse(
      'Name',
      `${name.slice(0, 80)} is the beginning of the ${other.schedule} config's name, so its clusters would be taken for those`,
      `give each its schedule, for example ${name.slice(0, 80)}_${schedule}`,
    );
    return [{ schedule, finding }];
  });
}
