import type { Schedule } from '../schedules.ts';
import { concurrencyFindings } from './concurrency.ts';
import { driverMemoryFindings } from './driverMemory.ts';
import { executorFindings } from './executors.ts';
import { fieldFindings } from './fields.ts';
import { type Finding, refuse } from './finding.ts';
import { instanceFindings, lifetimeFindings } from './instances.ts';
import { isObject, readClusterConfig } from './model.ts';
import { sparkWordFindings } from './sparkWords.ts';
import { stepTemplateFindings } from './stepTemplate.ts';
import { upkeepFindings } from './upkeep.ts';

export interface ClusterConfigFacts {
  readonly schedule: Schedule;
  /** Checks of the round; undefined when nobody counted them. */
  readonly checks: number | undefined;
}

/** Everything that is wrong with a cluster config as parsed from its JSON, refusals first. */
export function lintClusterConfig(config: unknown, { schedule, checks }: ClusterConfigFacts): Finding[] {
  if (!isObject(config))
    return [refuse('', 'it is not a JSON object, so no cluster could be made from it', 'mend the file')];
  const read = readClusterConfig(config);
  const findings = [
    ...fieldFindings(config),
    ...stepTemplateFindings(read, schedule),
    ...instanceFindings(read),
    ...lifetimeFindings(read),
    ...concurrencyFindings(read, checks),
    ...sparkWordFindings(read),
    ...driverMemoryFindings(read),
    ...executorFindings(read),
    ...upkeepFindings(read),
  ];
  return [
    ...findings.filter((finding) => finding.severity === 'refuse'),
    ...findings.filter((finding) => finding.severity === 'warn'),
  ];
}
