/** Settings that are valid alone, but lead a load test into production, the wrong branch or the wrong folder. */
import { resolve, sep } from 'node:path';

export interface SettingsProblem {
  readonly name: string;
  readonly problem: string;
  readonly fix: string;
}

/** The settings that these rules are about. */
type Placed = Readonly<
  Record<
    | 'place'
    | 'targetRepo'
    | 'checksPath'
    | 'bucket'
    | 'prodHourlyChecks'
    | 'testBranch'
    | 'baselineRef'
    | (typeof ownPrefixes)[number][1]
    | 'dagFile'
    | 'reportsDir'
    | 'stateDir',
    string
  >
>;

export function misplaced(settings: Placed): SettingsProblem[] {
  return [
    ...overlaps(settings),
    ...insideTarget(settings),
    ...offDisk(settings),
    ...movingBaseline(settings),
  ];
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
function overlaps(settings: Placed): SettingsProblem[] {
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
function insideTarget(settings: Placed): SettingsProblem[] {
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
}: Placed): SettingsProblem[] {
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
function movingBaseline({ baselineRef, testBranch, place }: Placed): SettingsProblem[] {
  if (!['HEAD', '@', testBranch, `refs/heads/${testBranch}`].includes(baselineRef)) return [];
  return [
    {
      name: 'BASELINE_REF',
      problem: `is ${JSON.stringify(baselineRef)}, the branch that the load test commits to, so loads would compound`,
      fix: `Set BASELINE_REF in ${place} to the branch that TEST_BRANCH was created from, for example main.`,
    },
  ];
}
