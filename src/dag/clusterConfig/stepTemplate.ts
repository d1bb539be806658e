/** AuditStep, the template from which the DAG makes one step per check. */
import type { Schedule } from '../../domain/schedules.ts';
import { nearestOf } from '../../domain/text.ts';
import { type ClusterConfig, type ConfigFinding, configRefusal, refuseIf, warnIf } from './model.ts';

/** What the DAG fills in (step_of in dags/yang_audit_load_test.py); the last two only for hourly checks. */
const placeholders = ['config_uri', 'load', 'results_uri', 'run_id', 'step_name'];
const hourlyPlaceholders = ['ts_start', 'ts_end'];

/** EMR's limit for all argument strings of one step together. */
const maxCharacters = 10_240;

/** The shipped configs contain this placeholder for the one path that only you know. */
export const runnerPlaceholder = 'PATH_OF_YOUR_AUDIT_RUNNER';

/** How the path of the shipped reference runner ends, below the DAG's folder on disk and in the bucket. */
export const referenceRunner = 'audit_runner/audit_runner.py';

export function stepTemplateFindings(
  { AuditStep: step }: ClusterConfig,
  schedule: Schedule,
): ConfigFinding[] {
  if (step === undefined) return [];
  const { Jar, Args, HourlyArgs } = step;
  const all = [...Args, ...(HourlyArgs ?? [])];
  const characters = all.reduce((sum, argument) => sum + argument.length, 0);
  return [
    ...refuseIf(
      !Jar,
      'AuditStep.Jar',
      'it is missing, but every step requires it',
      'set it to command-runner.jar',
    ),
    ...['config_uri', 'run_id'].flatMap((name) =>
      refuseIf(
        !hasArgument(Args, name),
        'AuditStep.Args',
        `no argument is {${name}} or --option={${name}}, so a retried run could not tell which checks it has already submitted`,
        `add {${name}} to the arguments`,
      ),
    ),
    ...unknownPlaceholders(Args, 'AuditStep.Args', placeholders),
    ...unknownPlaceholders(HourlyArgs ?? [], 'AuditStep.HourlyArgs', [
      ...placeholders,
      ...hourlyPlaceholders,
    ]),
    ...hourlyFindings(HourlyArgs, schedule),
    ...refuseIf(
      characters > maxCharacters,
      'AuditStep.Args',
      `the arguments have ${characters} characters in total, but EMR allows ${maxCharacters} per step`,
      'shorten them, or let the runner read them from a file in S3',
    ),
    ...all.flatMap((argument) =>
      warnIf(
        argument.includes(runnerPlaceholder),
        'AuditStep.Args',
        `it still contains the placeholder ${runnerPlaceholder}, so every step would fail`,
        'replace it with the S3 path of your audit runner',
      ),
    ),
  ];
}

/** As a separate argument or as --option={…}: the DAG recognizes its steps by both. */
function hasArgument(args: readonly string[], name: string): boolean {
  return args.some((argument) => argument === `{${name}}` || argument.endsWith(`={${name}}`));
}

function unknownPlaceholders(
  args: readonly string[],
  path: string,
  known: readonly string[],
): ConfigFinding[] {
  const used = new Set(
    args.flatMap((argument) => [...argument.matchAll(/\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? '')),
  );
  return [...used]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const isHourly = hourlyPlaceholders.includes(name);
      const meant = isHourly ? undefined : nearestOf(name, known);
      return configRefusal(
        path,
        `the DAG does not fill in {${name}} here${meant === undefined ? '' : ` (did you mean {${meant}}?)`}`,
        isHourly
          ? 'move it to HourlyArgs of the hourly config'
          : `use ${known.map((one) => `{${one}}`).join(', ')}`,
      );
    });
}

function hourlyFindings(args: readonly string[] | undefined, schedule: Schedule): ConfigFinding[] {
  if (schedule !== 'hourly')
    return refuseIf(
      args !== undefined,
      'AuditStep.HourlyArgs',
      `the ${schedule} checks have their window in their own SQL`,
      'remove HourlyArgs',
    );
  return hourlyPlaceholders.flatMap((name) =>
    refuseIf(
      !args?.some((argument) => argument.includes(`{${name}}`)),
      'AuditStep.HourlyArgs',
      `{${name}} is missing: hourly checks get their load only through ts_start and ts_end`,
      `add {${name}} to HourlyArgs`,
    ),
  );
}
