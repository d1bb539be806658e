/** The configs' cluster names: the clusters of a schedule are found by the prefix of their names. */
import type { Schedule } from '../../domain/schedules.ts';
import { type ConfigFinding, configRefusal } from './finding.ts';
import { isObject } from './model.ts';

export interface ParsedConfigFile {
  readonly schedule: Schedule;
  readonly json?: unknown;
}

/** A finding for each config whose name is a prefix of another's. */
export function nameClashes(
  configs: readonly ParsedConfigFile[],
): { readonly schedule: Schedule; readonly finding: ConfigFinding }[] {
  const names = configs.flatMap(({ schedule, json }) =>
    isObject(json) && typeof json.Name === 'string' && json.Name !== ''
      ? [{ schedule, name: json.Name }]
      : [],
  );
  return names.flatMap(({ schedule, name }) => {
    const other = names.find((one) => one.schedule !== schedule && one.name.startsWith(name));
    if (other === undefined) return [];
    const finding = configRefusal(
      'Name',
      `${name.slice(0, 80)} is a prefix of the ${other.schedule} config's name, so its clusters would be mistaken for ${other.schedule} clusters`,
      `add the schedule to the name, for example ${name.slice(0, 80)}_${schedule}`,
    );
    return [{ schedule, finding }];
  });
}
