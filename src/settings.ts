import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import { periodSeconds, type Schedule } from './domain/schedules.ts';
import { parseDuration } from './domain/text.ts';
import type { Environment } from './environment.ts';
import { misplaced, type SettingsProblem } from './settingsRules.ts';

/** The settings that the tools read, validated and resolved; `.env.example` documents them. */
export interface Settings {
  /** The directory that relative settings are resolved against, with `.env` and `dags/`. */
  readonly home: string;
  /** Where the user edits them, for messages: `.env`, or the settings of an extension. */
  readonly place: string;
  readonly targetRepo: string;
  readonly checksPath: string;
  readonly bucket: string;
  /** `s3://bucket/prefix`, the source of table metrics. */
  readonly prodHourlyChecks: string;
  readonly testBranch: string;
  readonly baselineRef: string;
  /** Prefixes have no slash at either end. */
  readonly configsPrefix: string;
  readonly resultsPrefix: string;
  readonly dagsPrefix: string;
  /** Absolute paths. */
  readonly dagFile: string;
  readonly reportsDir: string;
  readonly stateDir: string;
  readonly approval: 'ask' | 'chat' | 'terminal';
  /** Which steps' Spark event logs a report reads. */
  readonly eventLogs: 'slowest' | 'all' | 'off';
  /** The command that the user is asked to run when AWS credentials are missing or expired. */
  readonly awsLoginCommand: string;
  /** How long a round of each schedule may take. */
  readonly windowSeconds: Readonly<Record<Schedule, number>>;
  /** Absolute path of a JSON file with prices of instance types; without it the shipped example counts. */
  readonly priceTable?: string;
  /** Without it the user triggers the DAG in the Airflow UI. */
  readonly airflow?: AirflowSettings;
}

export interface AirflowSettings {
  /** The base URL of the API server, without a trailing slash. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Instead of username and password. */
  readonly token?: string | undefined;
}

/** The settings and all their problems; a setting with a problem is empty. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
}

const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const s3Uri = z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+/);
const plainPrefix = z
  .string()
  .refine((prefix) =>
    prefix.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..'),
  );
const relativePath = z.string().refine((path) => !isAbsolute(path) && !path.split(/[\\/]/).includes('..'));

/**
 * Reads the settings from the environment (already merged with `.env`). `home` is an absolute path; the fixes name
 * `place`. Never throws: it reports every problem with its fix, and leaves an unusable value empty.
 */
export function readSettings(
  environment: Readonly<Environment>,
  home: string,
  place = '.env',
): LoadedSettings {
  const problems: SettingsProblem[] = [];

  function value(name: string): string | undefined {
    const raw = environment[name]?.trim();
    // A client that does not know a variable passes the reference on unexpanded.
    if (raw === undefined || raw === '' || raw === `\${${name}}`) return undefined;
    return raw;
  }
  function required(name: string, example: string): string {
    const found = value(name);
    if (found === undefined)
      problems.push({
        name,
        problem: 'is not set',
        fix:
          place === '.env'
            ? `Add ${name}=${example} to .env (see .env.example).`
            : `Set ${name} in ${place}, for example ${example}.`,
      });
    return found ?? '';
  }
  function checked(name: string, found: string, shape: z.ZodType, expected: string): string {
    if (found === '' || shape.safeParse(found).success) return found;
    problems.push({
      name,
      problem: `is ${JSON.stringify(found)}, not ${expected}`,
      fix: `Correct ${name} in ${place}.`,
    });
    return '';
  }
  function path(found: string): string {
    return found === '' ? '' : resolve(home, found.replace(/^~(?=\/|$)/, homedir()));
  }
  function prefix(name: string, fallback: string): string {
    const found = (value(name) ?? fallback).replace(/^\/+|\/+$/g, '');
    return checked(name, found, plainPrefix, 'a prefix such as checks_load_test/configs');
  }

  function window(name: string, schedule: Schedule): number {
    const found = value(name);
    const seconds = found === undefined ? periodSeconds[schedule] : parseDuration(found);
    if (seconds !== undefined) return seconds;
    checked(name, found ?? '', z.never(), 'a time such as 12m or 1h 30m');
    return periodSeconds[schedule];
  }

  function choice<const Name extends string>(name: string, choices: readonly [Name, ...Name[]]): Name {
    const [first, ...others] = choices;
    const raw = value(name) ?? first;
    const found = choices.find((one) => one === raw);
    if (found === undefined)
      problems.push({
        name,
        problem: `is ${JSON.stringify(raw)}, not ${[first, ...others.slice(0, -1)].join(', ')} or ${others.at(-1)}`,
        fix: `Set ${name} to ${first} in ${place}.`,
      });
    return found ?? first;
  }

  const airflowUrl = checked(
    'AIRFLOW_URL',
    (value('AIRFLOW_URL') ?? '').replace(/\/+$/, ''),
    z.url({ protocol: /^https?$/ }),
    'an address such as https://airflow.example.com',
  );

  const airflowCredentials = {
    username: value('AIRFLOW_USERNAME'),
    password: value('AIRFLOW_PASSWORD'),
    token: value('AIRFLOW_TOKEN'),
  };
  const priceTable = value('PRICE_TABLE');
  const settings: Settings = {
    home,
    place,
    targetRepo: path(required('TARGET_REPO', '~/Repos/k-repo')),
    checksPath: checked(
      'CHECKS_PATH',
      required('CHECKS_PATH', 'python/…/checks/iceberg').replace(/\/+$/, ''),
      relativePath,
      'a path inside TARGET_REPO',
    ),
    bucket: checked('S3_BUCKET', required('S3_BUCKET', 'my-bucket'), bucketName, 'a bucket name'),
    prodHourlyChecks: checked(
      'PROD_HOURLY_CHECKS',
      required('PROD_HOURLY_CHECKS', 's3://my-bucket/checks/configs/prod/hourly').replace(/\/+$/, ''),
      s3Uri,
      's3://bucket/prefix',
    ),
    testBranch: value('TEST_BRANCH') ?? 'audit_checks_load_testing',
    baselineRef: value('BASELINE_REF') ?? 'main',
    configsPrefix: prefix('CONFIGS_PREFIX', 'checks_load_test/configs'),
    resultsPrefix: prefix('RESULTS_PREFIX', 'checks_load_test/results'),
    dagsPrefix: prefix('DAGS_PREFIX', 'dags/datalake/audit_loadtest'),
    dagFile: path(value('DAG_FILE') ?? 'dags/yang_audit_load_test.py'),
    reportsDir: path(value('REPORTS_DIR') ?? 'reports'),
    stateDir: path(value('STATE_DIR') ?? '.audit-load-test'),
    approval: choice('APPROVAL', ['ask', 'chat', 'terminal']),
    eventLogs: choice('EVENT_LOGS', ['slowest', 'all', 'off']),
    awsLoginCommand: value('AWS_LOGIN_COMMAND') ?? 's2a-login',
    windowSeconds: {
      '15m': window('WINDOW_15M', '15m'),
      hourly: window('WINDOW_HOURLY', 'hourly'),
      daily: window('WINDOW_DAILY', 'daily'),
    },
    ...(priceTable === undefined ? {} : { priceTable: path(priceTable) }),
    ...(airflowUrl === '' ? {} : { airflow: { url: airflowUrl, ...airflowCredentials } }),
  };
  problems.push(...misplaced(settings));
  return { settings, problems };
}
