import * as z from 'zod';
import { findingLine, lintClusterConfigs } from '../dag/clusterConfig/files.ts';
import { runnerPlaceholder } from '../dag/clusterConfig/stepTemplate.ts';
import { dagIdOf, readConstant, readLoad } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import { ruleFor } from '../domain/schedules.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import {
  airflowRow,
  branchRow,
  checkSetupLines,
  checkSetupResult,
  checksPathRow,
  clusterConfigsRow,
  dagRow,
  notCheckedRow,
  productionRow,
  repositoryRow,
  type SetupRow,
  settingsRow,
  setupText,
} from './checkSetup.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const input = z.strictObject({});

type CheckSetupPorts = Pick<
  Ports,
  'settings' | 'problems' | 'hasEnvFile' | 'target' | 'account' | 'store' | 'dags' | 'airflow'
>;

export const checkSetup = defineTool({
  name: 'checkSetup',
  title: 'Check the setup',
  description:
    'Checks everything a load test needs and says how to fix what is missing: settings, target repository and branch, checks path, git identity, AWS identity, region, bucket, production source, DAG file, cluster configs. Changes nothing. Call it before the first load test, and when a call fails because of the setup.',
  effect: 'read',
  idempotent: true,
  openWorld: true,
  needsNoSettings: true,
  input,
  output: checkSetupResult,
  run: runCheckSetup,
  lines: checkSetupLines,
});

async function runCheckSetup(_: object, ports: CheckSetupPorts, call: ToolCall) {
  const probed = await Promise.all([
    probeRepository(ports, call),
    probeGitIdentity(ports),
    probeAwsIdentity(ports),
    probeRegion(ports),
    probeBucket(ports),
    probeProduction(ports, call),
    probeDagFolder(ports),
    probeAirflow(ports, call),
  ]);
  const rows = [settingsRow(ports), ...probed.flat()];
  const checks = rows.map((row) => withSettingsPlace(row, ports.settings.place));
  const failed = checks.filter(({ ok }) => !ok);
  return { ...setupText(failed), ok: failed.length === 0, checks };
}

/** Adapters name `.env` in their fixes; a client may keep the settings elsewhere. */
function withSettingsPlace({ fix, ...row }: SetupRow, place: string): SetupRow {
  return fix === undefined ? row : { ...row, fix: fix.replaceAll(/(?<= in )\.env\b/g, place) };
}

/** Runs one probe; a ToolError becomes its row. A missing setting is already in the row of the settings. */
async function probe(
  name: string,
  setting: string | undefined,
  look: () => Promise<SetupRow[]>,
): Promise<SetupRow[]> {
  if (setting === '') return [notCheckedRow(name)];
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [{ name, ok: false, detail: error.message, fix: error.next }];
  }
}

function probeRepository({ settings, target }: CheckSetupPorts, call: ToolCall) {
  return probe('target repository', settings.targetRepo, async () => {
    const { branch, files, baseCommit } = await target.snapshot({ forWriting: false }, call);
    const checks = files.filter(({ path }) => {
      const rule = ruleFor(path);
      return rule !== undefined && rule.fromProduction === undefined;
    });
    return [
      repositoryRow(settings, baseCommit),
      branchRow(settings, branch),
      checksPathRow(settings, checks.length),
    ];
  });
}

function probeGitIdentity({ settings, target }: CheckSetupPorts) {
  return probe('git identity', settings.targetRepo, async () => [
    { name: 'git identity', ok: true, detail: await target.identity() },
  ]);
}

function probeAwsIdentity({ account }: CheckSetupPorts) {
  return probe('AWS identity', undefined, async () => {
    const { arn } = await account.identity();
    return [{ name: 'AWS identity', ok: true, detail: arn }];
  });
}

function probeRegion({ account }: CheckSetupPorts) {
  return probe('region', undefined, async () => [
    { name: 'region', ok: true, detail: await account.region() },
  ]);
}

function probeBucket({ settings, account }: CheckSetupPorts) {
  return probe('bucket', settings.bucket, async () => {
    await account.bucketAnswers(settings.bucket);
    return [{ name: 'bucket', ok: true, detail: `s3://${settings.bucket} is reachable` }];
  });
}

function probeProduction({ settings, store }: CheckSetupPorts, call: ToolCall) {
  return probe('production source', settings.prodHourlyChecks, async () => {
    const { objects } = await store.listUri(`${settings.prodHourlyChecks}/`, call);
    const metrics = objects.filter(({ key }) => ruleFor(key)?.fromProduction);
    return [productionRow(settings, metrics.length)];
  });
}

function probeDagFolder({ settings, dags }: CheckSetupPorts) {
  return probe('DAG file', settings.dagFile, async () => {
    const [dag, ...configs] = await dags.read();
    const source = dag?.bytes.toString('utf8') ?? '';
    const load = readLoad(source, dag?.name ?? 'The DAG file');
    return [dagRow(settings, load, readConstant(source, 'S3_BUCKET')), checkClusterConfigs(configs)];
  });
}

function checkClusterConfigs(configs: readonly DagFile[]): SetupRow {
  const findings = lintClusterConfigs(configs);
  const hasPlaceholder = configs.some(({ bytes }) => bytes.includes(runnerPlaceholder));
  return clusterConfigsRow({
    files: configs.length,
    findings: findings.slice(0, 6).map(findingLine),
    ok: !hasPlaceholder && findings.every(({ severity }) => severity === 'warn'),
    placeholder: hasPlaceholder ? runnerPlaceholder : undefined,
  });
}

/** Only where AIRFLOW_URL is set: without it the user triggers by hand, and nothing is missing. */
async function probeAirflow({ airflow, dags }: CheckSetupPorts, call: ToolCall): Promise<SetupRow[]> {
  if (airflow === undefined) return [];
  return probe('Airflow', airflow.url, async () => {
    const [dag] = await dags.read();
    const dagId = dagIdOf(dag?.name ?? '', '15m');
    return [airflowRow(airflow.url, dagId, (await airflow.dag(dagId, call)) !== undefined)];
  });
}
