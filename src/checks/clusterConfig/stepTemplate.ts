/** AuditStep, the template from which the DAG makes one step a check. */
import { nearestOf } from '../../nearest.ts';
import type { Schedule } from '../schedules.ts';
import { type Finding, refuse, warn } from './finding.ts';
import type { ClusterConfig } from './model.ts';

/** What the DAG fills in (step_of in dags/yang_audit_load_test.py); the last two in the hourly file alone. */
const placeholders = ['config_uri', 'load', 'results_uri', 'run_id'];
const hourlyPlaceholders = ['ts_start', 'ts_end'];

/** EMR: the strings of one step together. */
const mostCharacters = 10_240;

/** Ships in the place of the one path that only its owner knows. */
export const runnerPlaceholder = 'PATH_OF_YOUR_AUDIT_RUNNER';

export function stepTemplateFindings({ AuditStep: step }: ClusterConfig, schedule: Schedule): Finding[] {
  if (step === undefined) return [];
  const { Jar, Args, HourlyArgs } = step;
  const all = [...Args, ...(HourlyArgs ?? [])];
  return [
    ...(Jar
      ? []
      : [refuse('AuditStep.Jar', 'it is missing, and a step needs it', 'set it to command-runner.jar')]),
    ...['config_uri', 'run_id'].filter((name) => !carries(Args, name)).map(identity),
    ...unknownPlaceholders(Args, 'AuditStep.Args', placeholders),
    ...unknownPlaceholders(HourlyArgs ?? [], 'AuditStep.HourlyArgs', [
      ...placeholders,
      ...hourlyPlaceholders,
    ]),
    ...hourlyFindings(HourlyArgs, schedule),
    ...lengthFindings(all),
    ...all
      .filter((word) => word.includes(runnerPlaceholder))
      .map(() =>
        warn(
          'AuditStep.Args',
          `it still names the placeholder ${runnerPlaceholder}, so every step would fail`,
          'put the S3 path of your audit runner there',
        ),
      ),
  ];
}

/** As an argument of its own or as --option={…}: the DAG knows a step again by both. */
function carries(words: readonly string[], name: string): boolean {
  return words.some((word) => word === `{${name}}` || word.endsWith(`={${name}}`));
}

function identity(name: string): Finding {
  return refuse(
    'AuditStep.Args',
    `no argument is {${name}} or --option={${name}}, so a retried run could not tell which checks it has submitted`,
    `add {${name}} to the arguments`,
  );
}

function lengthFindings(words: readonly string[]): Finding[] {
  const characters = words.reduce((sum, word) => sum + word.length, 0);
  if (characters <= mostCharacters) return [];
  return [
    refuse(
      'AuditStep.Args',
      `the arguments have ${characters} characters together, and EMR takes ${mostCharacters} a step`,
      'shorten them, or have the runner read them from a file in S3',
    ),
  ];
}

function unknownPlaceholders(words: readonly string[], path: string, known: readonly string[]): Finding[] {
  const used = new Set(
    words.flatMap((word) => [...word.matchAll(/\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? '')),
  );
  return [...used]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const belongs = hourlyPlaceholders.includes(name);
      const meant = belongs ? undefined : nearestOf(name, known);
      return refuse(
        path,
        `the DAG fills in no {${name}} there${meant === undefined ? '' : ` ({${meant}}?)`}`,
        belongs
          ? 'move it to HourlyArgs of the hourly config'
          : `use ${known.map((one) => `{${one}}`).join(', ')}`,
      );
    });
}

function hourlyFindings(words: readonly string[] | undefined, schedule: Schedule): Finding[] {
  if (schedule !== 'hourly')
    return words === undefined
      ? []
      : [
          refuse(
            'AuditStep.HourlyArgs',
            `the ${schedule} checks have their window in their own SQL`,
            'take HourlyArgs out',
          ),
        ];
  return hourlyPlaceholders
    .filter((name) => !(words ?? []).some((word) => word.includes(`{${name}}`)))
    .map((name) =>
      refuse(
        'AuditStep.HourlyArgs',
        `{${name}} is missing: hourly checks get their load through ts_start and ts_end alone`,
        `add {${name}} to HourlyArgs`,
      ),
    );
}
