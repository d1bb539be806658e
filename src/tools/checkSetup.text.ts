/** What checkSetup says: a row for each thing it checks, and the result. */

import * as z from 'zod';
import { findingLine, lintClusterConfigs } from '../dag/clusterConfig/files.ts';
import { runnerPlaceholder } from '../dag/clusterConfig/stepTemplate.ts';
import { plural } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import type { BaselineLag, ChecksSnapshot } from '../ports/repository.ts';
import type { Settings } from '../settings.ts';
import { lagText, type Wording } from './text.ts';
import { result } from './tool.ts';

const row = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  fix: z.string().optional(),
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

export function setupText(failed: readonly SetupRow[], isBehind: boolean) {
  const behind = isBehind ? ' The baseline is behind its branch: see the row baseline.' : '';
  if (failed.length === 0)
    return {
      summary: `Everything is in place.${behind}`,
      nextSteps: ['scaleConfigs with load 2x starts the first test; showSession says where a test stands.'],
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
  const elsewhere = place === '.env' ? `from the environment; no .env in ${home}` : `from ${place}`;
  const from = hasEnvFile ? `read from ${home}/.env` : elsewhere;
  if (problems.length === 0)
    return { name: 'settings', ok: true, detail: `complete (${from}); APPROVAL=${approval}` };
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
      detail: `${targetRepo}, baseline ${baseCommit.slice(0, 12)} (${baselineRef})`,
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
      detail: `${plural(checks, 'check file')} under ${checksPath}`,
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

/** The files have no error, and no placeholder is left where the S3 path of the audit runner belongs. */
export function clusterConfigsRow(configs: readonly DagFile[]): SetupRow {
  const findings = lintClusterConfigs(configs);
  const hasPlaceholder = configs.some(({ bytes }) => bytes.includes(runnerPlaceholder));
  const listed = findings.slice(0, 6).map(findingLine).join('. ');
  return {
    name: 'cluster configs',
    detail: [plural(configs.length, 'file'), ...(listed === '' ? [] : [listed])].join('; '),
    ...okIf(
      !hasPlaceholder && findings.every(({ severity }) => severity === 'warn'),
      hasPlaceholder
        ? `In cluster_configs next to the DAG file, replace ${runnerPlaceholder} with the S3 path of your audit runner.`
        : 'Fix the files in cluster_configs next to the DAG file.',
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
      `  ${row.ok ? '✓' : '✗'} ${row.name}: ${row.detail}`,
      ...(row.fix === undefined ? [] : [`      fix: ${row.fix}`]),
    ]),
};
