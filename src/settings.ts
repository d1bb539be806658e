import { homedir } from 'node:os';
import { isAbsolute, resolve, sep } from 'node:path';
import * as z from 'zod';
import type { Environment } from './environment.ts';

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
  /** Absolute path of a JSON file with prices of instance types; without it a round has no cost. */
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

export interface SettingsProblem {
  readonly name: string;
  readonly problem: string;
  readonly fix: string;
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

  const approval = value('APPROVAL') ?? 'ask';
  if (approval !== 'ask' && approval !== 'chat' && approval !== 'terminal')
    problems.push({
      name: 'APPROVAL',
      problem: `is ${JSON.stringify(approval)}, not ask, chat or terminal`,
      fix: `Set APPROVAL to ask in ${place}.`,
    });
  const eventLogs = value('EVENT_LOGS') ?? 'slowest';
  if (eventLogs !== 'slowest' && eventLogs !== 'all' && eventLogs !== 'off')
    problems.push({
      name: 'EVENT_LOGS',
      problem: `is ${JSON.stringify(eventLogs)}, not slowest, all or off`,
      fix: `Set EVENT_LOGS to slowest in ${place}.`,
    });
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
    approval: approval === 'chat' || approval === 'terminal' ? approval : 'ask',
    eventLogs: eventLogs === 'all' || eventLogs === 'off' ? eventLogs : 'slowest',
    awsLoginCommand: value('AWS_LOGIN_COMMAND') ?? 's2a-login',
    ...(priceTable === undefined ? {} : { priceTable: path(priceTable) }),
    ...(airflowUrl === '' ? {} : { airflow: { url: airflowUrl, ...airflowCredentials } }),
  };
  problems.push(
    ...overlaps(settings),
    ...insideTarget(settings),
    ...offDisk(settings),
    ...movingBaseline(settings),
  );
  return { settings, problems };
}

const ownPrefixes = [
  ['CONFIGS_PREFIX', 'configsPrefix'],
  ['DAGS_PREFIX', 'dagsPrefix'],
  ['RESULTS_PREFIX', 'resultsPrefix'],
] as const;

/** The parent of the hourly configs, which contains the other schedules as well; never a whole bucket. */
function productionOf(hourlyChecks: string): string {
  const parent = hourlyChecks.slice(0, hourlyChecks.lastIndexOf('/') + 1);
  return /^s3:\/\/[^/]+\/$/.test(parent) ? `${hourlyChecks}/` : parent;
}

/**
 * Production and the load test must not share a prefix: a copy would write to production. Two prefixes of the load
 * test must not overlap either: the DAG or the results of a round would be removed as stale configs.
 */
function overlaps(settings: Settings): SettingsProblem[] {
  const uriOf = (setting: (typeof ownPrefixes)[number][1]) => `s3://${settings.bucket}/${settings[setting]}/`;
  const shares = (one: string, other: string) => one.startsWith(other) || other.startsWith(one);
  const withProduction = ownPrefixes.slice(0, 2).flatMap(([name, setting]) => {
    if (settings.prodHourlyChecks === '' || !shares(uriOf(setting), productionOf(settings.prodHourlyChecks)))
      return [];
    return [
      {
        name: 'PROD_HOURLY_CHECKS',
        problem: `overlaps ${name}`,
        fix: `Set PROD_HOURLY_CHECKS in ${settings.place} to the production configs; they are only read.`,
      },
    ];
  });
  const withEachOther = ownPrefixes.flatMap(([name, setting], index) =>
    ownPrefixes.slice(index + 1).flatMap(([otherName, otherSetting]) => {
      // An unusable prefix is already reported.
      if (settings[setting] === '' || settings[otherSetting] === '') return [];
      if (!shares(uriOf(setting), uriOf(otherSetting))) return [];
      return [
        {
          name: otherName,
          problem: `overlaps ${name}`,
          fix: `Set ${name} and ${otherName} in ${settings.place} to separate prefixes, neither inside the other.`,
        },
      ];
    }),
  );
  return [...withProduction, ...withEachOther];
}

/** Reports are committed on the current branch of their repository; in the target repository that may be main. */
function insideTarget(settings: Settings): SettingsProblem[] {
  if (settings.targetRepo === '') return [];
  const places = { REPORTS_DIR: settings.reportsDir, DAG_FILE: settings.dagFile };
  return Object.entries(places).flatMap(([name, place]) =>
    place === settings.targetRepo || place.startsWith(`${settings.targetRepo}${sep}`)
      ? [
          {
            name,
            problem: 'is inside TARGET_REPO, where its commits could land on a branch other than TEST_BRANCH',
            fix: `Set ${name} in ${settings.place} to a path outside TARGET_REPO.`,
          },
        ]
      : [],
  );
}

/**
 * The session is written while check files are listed, so it must not be among them; git's own folder is git's; and in
 * the kernel's folders nothing is a file. The adapters look again where links lead.
 */
function offDisk({
  stateDir,
  reportsDir,
  dagFile,
  targetRepo,
  checksPath,
  place,
}: Settings): SettingsProblem[] {
  const isIn = (folder: string, path: string) => path === folder || path.startsWith(`${folder}${sep}`);
  const paths = { STATE_DIR: stateDir, REPORTS_DIR: reportsDir, DAG_FILE: dagFile };
  const kernel = Object.entries(paths).filter(
    ([, path]) => ['/proc', '/sys', '/dev'].some((folder) => isIn(folder, path)) && !isIn('/dev/shm', path),
  );
  const inChecks =
    targetRepo !== '' &&
    [resolve(targetRepo, '.git'), ...(checksPath === '' ? [] : [resolve(targetRepo, checksPath)])].some(
      (folder) => isIn(folder, stateDir),
    );
  return [
    ...kernel.map(([name, path]) => ({
      name,
      problem: `is ${JSON.stringify(path)}, which is not on a disk`,
      fix: `Set ${name} in ${place} to a path outside /proc, /sys and /dev.`,
    })),
    ...(inChecks
      ? [
          {
            name: 'STATE_DIR',
            problem: 'is inside CHECKS_PATH or .git of TARGET_REPO',
            fix: `Set STATE_DIR in ${place} to a folder outside TARGET_REPO.`,
          },
        ]
      : []),
  ];
}

/** A baseline on the test branch contains the last load, and the next load would multiply it. */
function movingBaseline({ baselineRef, testBranch, place }: Settings): SettingsProblem[] {
  if (!['HEAD', '@', testBranch, `refs/heads/${testBranch}`].includes(baselineRef)) return [];
  return [
    {
      name: 'BASELINE_REF',
      problem: `is ${JSON.stringify(baselineRef)}, the branch that the load test commits to, so loads would compound`,
      fix: `Set BASELINE_REF in ${place} to the branch that TEST_BRANCH was created from, for example main.`,
    },
  ];
}
