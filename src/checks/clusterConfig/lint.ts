import type { Schedule } from '../../domain/schedules.ts';
import { concurrencyFindings } from './concurrency.ts';
import { driverMemoryFindings } from './driverMemory.ts';
import { executorFindings } from './executors.ts';
import { fieldFindings } from './fields.ts';
import { type ConfigFinding, configRefusal } from './finding.ts';
import { instanceFindings, lifetimeFindings } from './instances.ts';
import { isObject, parseClusterConfig } from './model.ts';
import { sparkValueFindings } from './sparkWords.ts';
import { stepTemplateFindings } from './stepTemplate.ts';
import { measurementFindings } from './upkeep.ts';

export interface ClusterConfigFacts {
  readonly schedule: Schedule;
  /** Checks of the round; undefined when they were not counted. */
  readonly checks: number | undefined;
}

/** Every problem of a cluster config as parsed from its JSON, refusals first. */
export function lintClusterConfig(json: unknown, { schedule, checks }: ClusterConfigFacts): ConfigFinding[] {
  if (!isObject(json))
    return [configRefusal('', 'it is not a JSON object, so it does not describe a cluster', 'fix the file')];
  const config = parseClusterConfig(json);
  return refusalsFirst([
    ...fieldFindings(json),
    ...stepTemplateFindings(config, schedule),
    ...instanceFindings(config),
    ...lifetimeFindings(config),
    ...concurrencyFindings(config, checks),
    ...sparkValueFindings(config),
    ...driverMemoryFindings(config),
    ...executorFindings(config),
    ...measurementFindings(config),
  ]);
}

export function refusalsFirst<Found extends ConfigFinding>(findings: readonly Found[]): Found[] {
  return [
    ...findings.filter((finding) => finding.severity === 'refuse'),
    ...findings.filter((finding) => finding.severity === 'warn'),
  ];
}
