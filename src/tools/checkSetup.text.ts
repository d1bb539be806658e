/** What checkSetup says: a row for each thing it checks, and the result. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import type { Settings } from '../settings.ts';
import type { Wording } from './text.ts';
import { result } from './tool.ts';

/** The result of checkSetup. */
export const checkSetupResult = z.object({
  ...result,
  ok: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string().optional() }),
  ),
});

export interface SetupRow {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string | undefined;
}

export function setupText(failed: readonly SetupRow[]) {
  if (failed.length === 0)
    return {
      summary: 'Everything is in place.',
      nextSteps: ['scaleConfigs with load 2x starts the first test; showSession says where a test stands.'],
    };
  return {
    summary: `${plural(failed.length, 'problem')} to fix: ${failed.map(({ name }) => name).join(', ')}.`,
    nextSteps: ['Ask the user to apply the fixes, then call checkSetup again.'],
  };
}

interface SettingsState {
  readonly settings: Pick<Settings, 'home' | 'place' | 'approval'>;
  readonly problems: readonly { readonly name: string; readonly problem: string; readonly fix: string }[];
  readonly hasEnvFile: boolean;
}

export function settingsRow({ settings, problems, hasEnvFile }: SettingsState): SetupRow {
  const name = 'settings';
  const from = hasEnvFile
    ? `read from ${settings.home}/.env`
    : settings.place === '.env'
      ? `from the environment; no .env in ${settings.home}`
      : `from ${settings.place}`;
  if (problems.length === 0)
    return { name, ok: true, detail: `complete (${from}); APPROVAL=${settings.approval}` };
  return {
    name,
    ok: false,
    detail: problems.map((one) => `${one.name} ${one.problem}`).join('; '),
    fix: problems.map(({ fix }) => fix).join(' '),
  };
}

export function repositoryRow(
  { targetRepo, baselineRef }: Pick<Settings, 'targetRepo' | 'baselineRef'>,
  baseCommit: string,
): SetupRow {
  const detail = `${targetRepo}, baseline ${baseCommit.slice(0, 12)} (${baselineRef})`;
  return { name: 'target repository', ok: true, detail };
}

export function branchRow(
  { targetRepo, testBranch }: Pick<Settings, 'targetRepo' | 'testBranch'>,
  branch: string,
): SetupRow {
  if (branch === testBranch) return { name: 'branch', ok: true, detail: branch };
  return {
    name: 'branch',
    ok: false,
    detail: `${branch}, not ${testBranch}`,
    fix: `git -C ${targetRepo} checkout ${testBranch} (add -b if the branch does not exist yet)`,
  };
}

export function checksPathRow(
  { checksPath, place }: Pick<Settings, 'checksPath' | 'place'>,
  checks: number,
): SetupRow {
  return {
    name: 'checks path',
    detail: `${plural(checks, 'check file')} under ${checksPath}`,
    ...okIf(checks > 0, `Set CHECKS_PATH in ${place} to the folder that contains the check files.`),
  };
}

export function productionRow(
  { prodHourlyChecks, place }: Pick<Settings, 'prodHourlyChecks' | 'place'>,
  metrics: number,
): SetupRow {
  return {
    name: 'production source',
    detail: `${plural(metrics, 'table-metrics object')} under ${prodHourlyChecks}`,
    ...okIf(
      metrics > 0,
      `Set PROD_HOURLY_CHECKS in ${place} to the prefix that contains the *_table_metrics.yml files.`,
    ),
  };
}

/** A DAG that reads the bucket from elsewhere (`dagBucket` undefined) is not compared. */
export function dagRow(
  { dagFile, bucket, place }: Pick<Settings, 'dagFile' | 'bucket' | 'place'>,
  load: number,
  dagBucket: string | undefined,
): SetupRow {
  const isSame = dagBucket === undefined || bucket === '' || dagBucket === bucket;
  return {
    name: 'DAG file',
    detail: isSame ? `${dagFile}, LOAD = ${load}` : `${dagFile} reads bucket ${dagBucket}, not ${bucket}`,
    ...okIf(isSame, `Use the same S3_BUCKET in ${place} and in the DAG file.`),
  };
}

interface ClusterConfigState {
  readonly files: number;
  readonly findings: readonly string[];
  readonly ok: boolean;
  /** What stands where the S3 path of the audit runner belongs, if it still does. */
  readonly placeholder: string | undefined;
}

export function clusterConfigsRow({ files, findings, ok, placeholder }: ClusterConfigState): SetupRow {
  return {
    name: 'cluster configs',
    detail: [plural(files, 'file'), ...(findings.length === 0 ? [] : [findings.join('. ')])].join('; '),
    ...okIf(
      ok,
      placeholder === undefined
        ? 'Fix the files in cluster_configs next to the DAG file.'
        : `In cluster_configs next to the DAG file, replace ${placeholder} with the S3 path of your audit runner.`,
    ),
  };
}

export function airflowRow(url: string, dagId: string, hasDag: boolean): SetupRow {
  return {
    name: 'Airflow',
    ok: true,
    detail: `${url} is reachable ${hasDag ? `and has ${dagId}` : `but has no ${dagId} yet`}`,
  };
}

export function notCheckedRow(name: string): SetupRow {
  return { name, ok: false, detail: 'not checked: its setting is missing' };
}

function okIf(ok: boolean, fix: string): Pick<SetupRow, 'ok' | 'fix'> {
  return ok ? { ok } : { ok, fix };
}

/** The rows of the result as text; the ticks already say `ok`. */
export const checkSetupLines: Wording<z.output<typeof checkSetupResult>> = {
  ok: () => [],
  checks: (rows) =>
    rows.flatMap((row) => [
      `  ${row.ok ? '✓' : '✗'} ${row.name}: ${row.detail}`,
      ...(row.fix === undefined ? [] : [`      fix: ${row.fix}`]),
    ]),
};
