/** What checkSetup says: a row for each thing it checks, and the result. */

import * as z from 'zod';
import { findingLine, lintClusterConfigs } from '../dag/clusterConfig/files.ts';
import type { StepOutput } from '../dag/clusterConfig/outputs.ts';
import { referenceRunner, runnerPlaceholder } from '../dag/clusterConfig/stepTemplate.ts';
import { plural } from '../domain/text.ts';
import type { Account } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile, LocalPlaces } from '../ports/project.ts';
import type { BaselineLag, ChecksSnapshot } from '../ports/repository.ts';
import type { Settings } from '../settings.ts';
import { type LoadedBaseline, loadedBaselineText } from '../workflow/baseline/loadedBaselines.ts';
import { lagText, type Wording } from './text.ts';
import { result } from './tool.ts';

const row = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  fix: z.string().optional(),
  notLookedAt: z.literal(true).optional().describe('another row is its cause'),
});

export type SetupRow = z.output<typeof row>;

/** The result of checkSetup. */
export const checkSetupResult = z.object({ ...result, ok: z.boolean(), checks: z.array(row) });

export const baselineRow = 'baseline';

/** A baseline behind its branch is no fault of the setup, but a test leaves out what is newer. */
export function lagRows(lag: BaselineLag | undefined, settings: Settings): SetupRow[] {
  if (lag === undefined) return [];
  const { what, fix } = lagText(lag, settings);
  return [{ name: baselineRow, ok: true, detail: what, fix }];
}

/** A baseline that is a level: nothing can be scaled from it until the user decides. */
export function loadedRow(loaded: readonly LoadedBaseline[], settings: Settings): SetupRow {
  const { what, back } = loadedBaselineText(loaded, settings);
  return { name: baselineRow, ok: false, detail: what, fix: back };
}

export function setupText(failed: readonly SetupRow[], isBehind: boolean) {
  const behind = isBehind ? ' The baseline is behind its branch: see the row baseline.' : '';
  if (failed.length === 0)
    return {
      summary: `Everything is in place.${behind}`,
      nextSteps: ['Call scaleConfigs to start a test; showSession to go on with one.'],
    };
  return {
    summary: `${plural(failed.length, 'problem')} to fix: ${failed.map(({ name }) => name).join(', ')}.${behind}`,
    nextSteps: ['Ask the user to apply the fixes, then call checkSetup again.'],
  };
}

export function settingsRow({
  settings,
  problems,
  hasEnvFile,
}: Pick<Ports, 'settings' | 'problems' | 'hasEnvFile'>): SetupRow {
  const { home, place, approval } = settings;
  const elsewhere = place === '.env' ? 'environment, no .env' : place;
  const from = hasEnvFile ? `${home}/.env` : elsewhere;
  if (problems.length === 0) return { name: 'settings', ok: true, detail: `${from}; APPROVAL=${approval}` };
  return {
    name: 'settings',
    ok: false,
    detail: problems.map((one) => `${one.name} ${one.problem}`).join('; '),
    fix: problems.map(({ fix }) => fix).join(' '),
  };
}

/** The repository, its branch, and the check files in it. */
export function repositoryRows(settings: Settings, snapshot: ChecksSnapshot, checks: number): SetupRow[] {
  const { targetRepo, baselineRef, testBranch, checksPath, place } = settings;
  const { branch, baseCommit } = snapshot;
  const isOnBranch = branch === testBranch;
  return [
    {
      name: 'target repository',
      ok: true,
      detail: `${targetRepo}, baseline ${baseCommit.slice(0, 8)} (${baselineRef})`,
    },
    {
      name: 'branch',
      detail: isOnBranch ? branch : `${branch}, not ${testBranch}`,
      ...okIf(
        isOnBranch,
        `git -C ${targetRepo} checkout ${testBranch} (add -b if the branch does not exist yet)`,
      ),
    },
    {
      name: 'checks path',
      detail: `${plural(checks, 'check file')}${checks === 0 ? ` under ${checksPath}` : ''}`,
      ...okIf(checks > 0, `Set CHECKS_PATH in ${place} to the folder that contains the check files.`),
    },
  ];
}

export function productionRow(
  { prodHourlyChecks, place }: Pick<Settings, 'prodHourlyChecks' | 'place'>,
  metrics: number,
): SetupRow {
  return {
    name: 'production source',
    detail: `${plural(metrics, 'table-metrics object')}${metrics === 0 ? ` under ${prodHourlyChecks}` : ''}`,
    ...okIf(
      metrics > 0,
      `Set PROD_HOURLY_CHECKS in ${place} to the prefix that contains the *_table_metrics.yml files.`,
    ),
  };
}

/** A DAG that reads the bucket from elsewhere (`dagBucket` undefined) is not compared. */
export function dagRow(
  { dagFile, bucket, place }: Pick<Settings, 'dagFile' | 'bucket' | 'place'>,
  load: number | undefined,
  dagBucket: string | undefined,
): SetupRow {
  const isSame = dagBucket === undefined || bucket === '' || dagBucket === bucket;
  return {
    name: 'DAG file',
    detail: isSame
      ? load === undefined
        ? 'no LOAD'
        : `LOAD = ${load}`
      : `${dagFile} reads bucket ${dagBucket}, not ${bucket}`,
    ...okIf(isSame, `Use the same S3_BUCKET in ${place} and in the DAG file.`),
  };
}

/** What one cause hides is no fault of its own. */
export function notLookedAtRow(name: string, cause: string): SetupRow {
  return { name, ok: false, notLookedAt: true, detail: `not looked at: ${cause} comes first` };
}

export function placesRow(places: Awaited<ReturnType<LocalPlaces['tryWriting']>>): SetupRow {
  const broken = places.flatMap(({ setting, path, problem }) =>
    problem === undefined ? [] : [{ setting, text: `${setting} ${path}: ${problem}` }],
  );
  const settings = broken.map(({ setting }) => setting).join(', ');
  return {
    name: 'places to write',
    detail:
      broken.length > 0
        ? `no file can be written: ${broken.map(({ text }) => text).join('; ')}`
        : plural(places.length, 'folder'),
    ...okIf(broken.length === 0, `Make the folder of ${settings} writable, or set it to another one.`),
  };
}

const endsSoonMs = 60 * 60_000;

/** Credentials that end before a round would are no fault yet. */
export function identityRow(
  { arn, expiresMs }: Awaited<ReturnType<Account['identity']>>,
  nowMs: number,
  login: string,
): SetupRow {
  const left = expiresMs === undefined ? undefined : expiresMs - nowMs;
  if (left === undefined || left > endsSoonMs) return { name: 'AWS identity', ok: true, detail: arn };
  const minutes = Math.max(0, Math.floor(left / 60_000));
  return {
    name: 'AWS identity',
    ok: true,
    detail: `${arn}; the login ends in ${plural(minutes, 'minute')}, maybe before the round`,
    fix: `Type ${login} in a terminal before a round.`,
  };
}

/** Where the logs and event logs of the steps go, and the runner that they run. */
export function stepRows(outputs: readonly StepOutput[], { bucket }: Pick<Settings, 'bucket'>): SetupRow[] {
  // A DAG that reads no cluster config sends its steps and their logs where it likes.
  if (outputs.length === 0) return [];
  const listed = (rows: readonly { readonly schedule: string; readonly text: string }[]) =>
    [...new Set(rows.map(({ text }) => text))]
      .map((text) => {
        const of = rows.filter((one) => one.text === text).map(({ schedule }) => schedule);
        return of.length === outputs.length ? text : `${of.join(', ')}: ${text}`;
      })
      .join('; ');
  const row = (
    name: string,
    textOf: (output: StepOutput) => string,
    isSound: (output: StepOutput) => boolean,
    sound: string,
    fix: string,
  ): SetupRow => {
    const bad = outputs.filter((output) => !isSound(output));
    const shown = bad.map((output) => ({ schedule: output.schedule, text: textOf(output) }));
    return { name, detail: bad.length > 0 ? listed(shown) : sound, ...okIf(bad.length === 0, fix) };
  };
  const where = 'in the cluster configs next to the DAG file';
  return [
    row(
      'step logs',
      () => 'LogUri is not set, so no report can say why a check failed',
      ({ logUri }) => logUri !== undefined,
      'in S3',
      `Set LogUri ${where} to an s3:// prefix.`,
    ),
    row(
      'event logs',
      ({ eventLog: { isOn, dir } }) => `${isOn ? (dir ?? 'on HDFS') : 'off'}: load cannot be proven`,
      ({ eventLog: { isOn, dir } }) => isOn && dir?.startsWith('s3') === true,
      'in S3',
      `Set spark.eventLog.enabled to true and spark.eventLog.dir to an s3:// prefix (spark-defaults) ${where}.`,
    ),
    row(
      'runner',
      ({ runner = '' }) => `${runner} is the placeholder for your audit runner, so every step would fail`,
      ({ runner }) => runner?.includes(runnerPlaceholder) !== true,
      [...new Set(outputs.map(({ runner }) => shortPath(runner, bucket)))].join('; '),
      `In cluster_configs next to the DAG file, replace ${runnerPlaceholder} with the S3 path of your audit runner.`,
    ),
  ];
}

/** Whether the bucket has a script: `undefined` where it could not be looked at. */
export interface SeenRunner {
  readonly uri: string;
  readonly isThere: boolean | undefined;
}

/** The script of the checks' steps beside what S3 says of it; the reference runner measures nobody's checks but its own. */
export function runnerRow(row: SetupRow, seen: readonly SeenRunner[]): SetupRow {
  const missing = seen.filter(({ isThere }) => isThere === false).map(({ uri }) => uri);
  const unseen = seen.filter(({ isThere }) => isThere === undefined).map(({ uri }) => uri);
  const where = 'in cluster_configs next to the DAG file';
  if (!row.ok) return row;
  if (missing.length > 0)
    return {
      ...row,
      ok: false,
      detail: `not in the bucket, so every step would fail: ${missing.join('; ')}`,
      fix: `Upload it, or correct its path ${where}.`,
    };
  const { detail } = row;
  const notSeen = unseen.length === 0 ? '' : `; could not be looked at: ${unseen.join('; ')}`;
  if (!seen.some(({ uri }) => uri.endsWith(referenceRunner)))
    return { ...row, detail: `${detail}${notSeen}` };
  return {
    ...row,
    detail: `${detail}${notSeen}: the reference runner of this project, so its queries are measured, not yours`,
    fix: `Put the S3 path of your own runner ${where}.`,
  };
}

function shortPath(path: string | undefined, bucket: string): string {
  const inBucket = `s3://${bucket}/`;
  if (path === undefined) return 'no S3 path in the arguments';
  return path.startsWith(inBucket) ? `${path.slice(inBucket.length)} in the bucket` : path;
}

/** The files have no error. */
export function clusterConfigsRow(configs: readonly DagFile[], readsTemplate: boolean): SetupRow {
  const findings = lintClusterConfigs(configs, { readsTemplate });
  const listed = findings.slice(0, 6).map(findingLine).join('. ');
  if (configs.length === 0)
    return {
      name: 'cluster configs',
      ok: true,
      detail: 'none: the DAG makes its clusters itself; their logs and runner were not looked at',
    };
  return {
    name: 'cluster configs',
    detail: [plural(configs.length, 'file'), ...(listed === '' ? [] : [listed])].join('; '),
    ...okIf(
      findings.every(({ severity }) => severity === 'warn'),
      'Fix the files in cluster_configs next to the DAG file.',
    ),
  };
}

function okIf(ok: boolean, fix: string): Pick<SetupRow, 'ok' | 'fix'> {
  return ok ? { ok } : { ok, fix };
}

/** The rows of the result as text; the ticks already say `ok`. */
export const checkSetupLines: Wording<z.output<typeof checkSetupResult>> = {
  ok: () => [],
  checks: (rows) =>
    rows.flatMap((row) => [
      `  ${row.ok ? '✓' : row.notLookedAt ? '–' : '✗'} ${row.name}: ${row.detail}`,
      ...(row.fix === undefined ? [] : [`      fix: ${row.fix}`]),
    ]),
};
