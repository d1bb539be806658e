import * as z from 'zod';
import { dagIdOf, readConstant, readLoad } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import { ruleFor } from '../domain/schedules.ts';
import type { Airflow } from '../ports/airflow.ts';
import type { Ports } from '../ports/ports.ts';
import {
  baselineRow,
  checkSetupLines,
  checkSetupResult,
  clusterConfigsRow,
  dagRow,
  lagRows,
  productionRow,
  repositoryRows,
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
  openWorld: true,
  needsNoSettings: true,
  input,
  output: checkSetupResult,
  run: runCheckSetup,
  lines: checkSetupLines,
});

async function runCheckSetup(_: object, ports: CheckSetupPorts, call: ToolCall) {
  const { settings, target, account, airflow } = ports;
  const { bucket } = settings;
  const probed = await Promise.all([
    probe('target repository', settings.targetRepo, () => repository(ports, call)),
    probe('git identity', settings.targetRepo, () => target.identity()),
    probe('AWS identity', undefined, async () => (await account.identity()).arn),
    probe('region', undefined, () => account.region()),
    probe('bucket', bucket, async () => {
      await account.bucketAnswers(bucket);
      return `s3://${bucket} is reachable`;
    }),
    probe('production source', settings.prodHourlyChecks, () => production(ports, call)),
    probe('DAG file', settings.dagFile, () => dagFolder(ports)),
    // Without AIRFLOW_URL the user triggers by hand, and nothing is missing.
    airflow === undefined ? [] : probe('Airflow', airflow.url, () => dagInAirflow(ports, airflow, call)),
  ]);
  const rows = [settingsRow(ports), ...probed.flat()];
  const checks = rows.map((row) => withSettingsPlace(row, settings.place));
  const failed = checks.filter(({ ok }) => !ok);
  return {
    ...setupText(
      failed,
      checks.some(({ name }) => name === baselineRow),
    ),
    ok: failed.length === 0,
    checks,
  };
}

/** Adapters name `.env` in their fixes; a client may keep the settings elsewhere. */
function withSettingsPlace({ fix, ...row }: SetupRow, place: string): SetupRow {
  return fix === undefined ? row : { ...row, fix: fix.replaceAll(/(?<= in )\.env\b/g, place) };
}

/**
 * Runs one probe, which returns the detail of its row, or its rows; a ToolError becomes a row. A missing setting is
 * already in the row of the settings.
 */
async function probe(
  name: string,
  setting: string | undefined,
  look: () => Promise<string | SetupRow[]>,
): Promise<SetupRow[]> {
  if (setting === '') return [{ name, ok: false, detail: 'not checked: its setting is missing' }];
  try {
    const found = await look();
    return typeof found === 'string' ? [{ name, ok: true, detail: found }] : found;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [{ name, ok: false, detail: error.message, fix: error.next }];
  }
}

async function repository({ settings, target }: CheckSetupPorts, call: ToolCall) {
  const snapshot = await target.snapshot({ forWriting: false }, call);
  const checks = snapshot.files.filter(({ path }) => {
    const rule = ruleFor(path);
    return rule !== undefined && rule.fromProduction === undefined;
  });
  const lag = await target.baselineLag(call);
  return [...repositoryRows(settings, snapshot, checks.length), ...lagRows(lag, settings)];
}

async function production({ settings, store }: CheckSetupPorts, call: ToolCall) {
  const { objects } = await store.listUri(`${settings.prodHourlyChecks}/`, call);
  return [productionRow(settings, objects.filter(({ key }) => ruleFor(key)?.fromProduction).length)];
}

async function dagFolder({ settings, dags }: CheckSetupPorts) {
  const [dag, ...configs] = await dags.read();
  const source = dag?.bytes.toString('utf8') ?? '';
  const load = readLoad(source, dag?.name ?? 'The DAG file');
  return [dagRow(settings, load, readConstant(source, 'S3_BUCKET')), clusterConfigsRow(configs)];
}

async function dagInAirflow({ dags }: CheckSetupPorts, airflow: Airflow, call: ToolCall) {
  const [dag] = await dags.read();
  const dagId = dagIdOf(dag?.name ?? '', '15m');
  const hasDag = (await airflow.dag(dagId, call)) !== undefined;
  return `${airflow.url} is reachable ${hasDag ? `and has ${dagId}` : `but has no ${dagId} yet`}`;
}
