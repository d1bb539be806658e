import { homedir } from 'node:os';
import { isAbsolute, resolve, sep } from 'node:path';
import * as z from 'zod';

/** The settings that the tools read, checked and resolved; `.env.example` lists them with their meaning. */
export interface Settings {
  /** The directory that relative settings are relative to: where `.env` and `dags/` lie. */
  readonly home: string;
  /** Where a person sets them, as it is named in words: `.env`, or the settings of an extension. */
  readonly place: string;
  readonly targetRepo: string;
  readonly checksPath: string;
  readonly bucket: string;
  /** `s3://bucket/prefix` that table metrics are copied from. */
  readonly prodHourlyChecks: string;
  readonly testBranch: string;
  readonly baselineRef: string;
  /** Prefixes carry no slash at either end. */
  readonly configsPrefix: string;
  readonly resultsPrefix: string;
  readonly dagsPrefix: string;
  /** Absolute paths. */
  readonly dagFile: string;
  readonly reportsDir: string;
  readonly stateDir: string;
  readonly approval: 'ask' | 'chat' | 'terminal';
  /** What a person is told to type when AWS credentials are missing or expired. */
  readonly awsLoginCommand: string;
  /** Absolute path of a JSON file with prices of instance types; absent: a round is not priced. */
  readonly priceTable?: string;
  /** Absent: the person triggers the DAG in Airflow by hand. */
  readonly airflow?: AirflowSettings;
}

export interface AirflowSettings {
  /** The base address of the API server, without a slash at the end. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Instead of user name and password. */
  readonly token?: string;
}

export interface SettingsProblem {
  readonly name: string;
  readonly problem: string;
  readonly fix: string;
}

/** Settings that are complete, or the whole list of what is wrong with them (and the rest, for checkSetup). */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const s3Uri = z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+/);
const plainPrefix = z
  .string()
  .refine((prefix) =>
    prefix.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..'),
  );
const relativePath = z.string().refine((path) => !isAbsolute(path) && !path.split(/[\\/]/).includes('..'));

/**
 * Reads the settings from the environment (already merged with `.env`); `home` is an absolute path, `place` is where a
 * fix sends the person.
 * Never throws: every problem is reported at once, each with its fix, and an unusable value is left empty.
 */
export function readSettings(environment: Environment, home: string, place = '.env'): LoadedSettings {
  const problems: SettingsProblem[] = [];

  function value(name: string): string | undefined {
    const raw = environment[name]?.trim();
    // A client that does not know a variable hands the reference on unexpanded.
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
  function checked(name: string, found: string, shape: z.ZodType, meant: string): string {
    if (found === '' || shape.safeParse(found).success) return found;
    problems.push({
      name,
      problem: `is ${JSON.stringify(found)}, not ${meant}`,
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
  const airflowUrl = checked(
    'AIRFLOW_URL',
    (value('AIRFLOW_URL') ?? '').replace(/\/+$/, ''),
    z.url({ protocol: /^https?$/ }),
    'an address such as https://airflow.example.com',
  );

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
    awsLoginCommand: value('AWS_LOGIN_COMMAND') ?? 's2a-login',
    ...(priceTable === undefined ? {} : { priceTable: path(priceTable) }),
    ...(airflowUrl === '' ? {} : { airflow: airflowSettings(airflowUrl, value) }),
  };
  problems.push(...overlaps(settings), ...insideTarget(settings), ...movingBaseline(settings));
  return { settings, problems };
}

function airflowSettings(url: string, value: (name: string) => string | undefined): AirflowSettings {
  const [username, password, token] = ['AIRFLOW_USERNAME', 'AIRFLOW_PASSWORD', 'AIRFLOW_TOKEN'].map(value);
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
  };
}

const ownPlaces = [
  ['CONFIGS_PREFIX', 'configsPrefix'],
  ['DAGS_PREFIX', 'dagsPrefix'],
  ['RESULTS_PREFIX', 'resultsPrefix'],
] as const;

/** The folder of the hourly configs holds those of the other schedules beside it; a bucket is nobody's folder. */
function productionOf(hourlyChecks: string): string {
  const parent = hourlyChecks.slice(0, hourlyChecks.lastIndexOf('/') + 1);
  return /^s3:\/\/[^/]+\/$/.test(parent) ? `${hourlyChecks}/` : parent;
}

/**
 * Production and the load test must not share a prefix: a copy would be a write to production. Nor may two prefixes
 * of the load test: the DAG, or the results of a round, would count as stale configs and be removed.
 */
function overlaps(settings: Settings): SettingsProblem[] {
  const uriOf = (setting: (typeof ownPlaces)[number][1]) => `s3://${settings.bucket}/${settings[setting]}/`;
  const shares = (one: string, other: string) => one.startsWith(other) || other.startsWith(one);
  const withProduction = ownPlaces.slice(0, 2).flatMap(([name, setting]) => {
    if (settings.prodHourlyChecks === '' || !shares(uriOf(setting), productionOf(settings.prodHourlyChecks)))
      return [];
    return [
      {
        name: 'PROD_HOURLY_CHECKS',
        problem: `lies in the same place as ${name}`,
        fix: 'Point PROD_HOURLY_CHECKS at the production configs; they are only ever read.',
      },
    ];
  });
  const withEachOther = ownPlaces.flatMap(([name, setting], index) =>
    ownPlaces.slice(index + 1).flatMap(([otherName, otherSetting]) => {
      // A prefix that is not usable is told already.
      if (settings[setting] === '' || settings[otherSetting] === '') return [];
      if (!shares(uriOf(setting), uriOf(otherSetting))) return [];
      return [
        {
          name: otherName,
          problem: `lies in the same place as ${name}`,
          fix: `Give ${name} and ${otherName} in ${settings.place} prefixes of which none begins with the other.`,
        },
      ];
    }),
  );
  return [...withProduction, ...withEachOther];
}

/** Reports are committed on whatever branch their repository is on: in the target repository that may be its main. */
function insideTarget(settings: Settings): SettingsProblem[] {
  if (settings.targetRepo === '') return [];
  const places = { REPORTS_DIR: settings.reportsDir, DAG_FILE: settings.dagFile };
  return Object.entries(places).flatMap(([name, place]) =>
    place === settings.targetRepo || place.startsWith(`${settings.targetRepo}${sep}`)
      ? [
          {
            name,
            problem:
              'lies inside TARGET_REPO, where its commits could land on another branch than TEST_BRANCH',
            fix: `Point ${name} in ${settings.place} at a place outside TARGET_REPO.`,
          },
        ]
      : [],
  );
}

/** A baseline that moves with the test branch holds the last load: the next one would be a multiple of it. */
function movingBaseline({ baselineRef, testBranch, place }: Settings): SettingsProblem[] {
  if (!['HEAD', '@', testBranch, `refs/heads/${testBranch}`].includes(baselineRef)) return [];
  return [
    {
      name: 'BASELINE_REF',
      problem: `is ${JSON.stringify(baselineRef)}, the branch that the load test itself commits to, so loads would compound`,
      fix: `Set BASELINE_REF in ${place} to the branch that TEST_BRANCH was made from, for example main.`,
    },
  ];
}
