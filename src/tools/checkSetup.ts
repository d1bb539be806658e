import * as z from 'zod';
import { type StepOutput, stepOutputs } from '../dag/clusterConfig/outputs.ts';
import { referenceRunner, runnerPlaceholder } from '../dag/clusterConfig/stepTemplate.ts';
import { dagIdOf, readConstant, readLoad, readsStepTemplate, usesLoad } from '../dag/source.ts';
import { requireConfigsRead, requireSamePlaces } from '../dag/uploadPlan.ts';
import { ToolError } from '../domain/errors.ts';
import { dagKey } from '../domain/keys.ts';
import { ruleFor } from '../domain/schedules.ts';
import type { Airflow } from '../ports/airflow.ts';
import type { Ports } from '../ports/ports.ts';
import { loadedBaselines } from '../workflow/baseline/loadedBaselines.ts';
import { lookWithin } from '../workflow/deadline.ts';
import { unlessToolError } from '../workflow/looks.ts';
import {
  baselineRow,
  checkSetupLines,
  checkSetupResult,
  clusterConfigsRow,
  dagRow,
  identityRow,
  lagRows,
  loadedRow,
  notLookedAtRow,
  placesRow,
  productionRow,
  repositoryRows,
  runnerRow,
  type SeenRunner,
  type SetupRow,
  settingsRow,
  setupText,
  stepRows,
} from './checkSetup.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const input = z.strictObject({});

type CheckSetupPorts = Pick<
  Ports,
  | 'settings'
  | 'problems'
  | 'hasEnvFile'
  | 'target'
  | 'sessions'
  | 'blobs'
  | 'account'
  | 'store'
  | 'dags'
  | 'airflow'
  | 'clusters'
  | 'clock'
  | 'localPlaces'
  | 'prices'
>;

export const checkSetup = defineTool({
  name: 'checkSetup',
  title: 'Check the setup',
  description:
    'Checks everything a load test needs and says how to fix what is missing: settings, target repository and branch, checks path, git identity, AWS identity, region, bucket, production source, EMR, DAG file and its prefixes, cluster configs, step logs, event logs, runner, places to write. Changes nothing. Call it before the first load test, and when a call fails because of the setup.',
  effect: 'read',
  openWorld: true,
  needsNoSettings: true,
  input,
  output: checkSetupResult,
  run: runCheckSetup,
  lines: checkSetupLines,
});

async function runCheckSetup(_: object, ports: CheckSetupPorts, call: ToolCall) {
  const { settings, target, account, airflow, clock, localPlaces } = ports;
  const { bucket } = settings;
  const identity = probe('AWS identity', undefined, async () => [
    identityRow(await account.identity(), clock.localMs(), settings.awsLoginCommand),
  ]);
  const inAws = async (name: string, setting: string | undefined, look: Look) =>
    isSound(await identity) ? probe(name, setting, look) : [notLookedAtRow(name, 'AWS identity')];
  const reachable = inAws('bucket', bucket, async () => {
    await account.bucketAnswers(bucket);
    return bucket;
  });
  const probed = await Promise.all([
    probe('target repository', settings.targetRepo, () => repository(ports, call)),
    probe('git identity', settings.targetRepo, () => target.identity()),
    identity,
    probe('region', undefined, () => account.region()),
    reachable,
    inAws('production source', settings.prodHourlyChecks, () => production(ports, call)),
    inAws('EMR', undefined, () => listedClusters(ports, call)),
    probe('DAG file', settings.dagFile, () => dagFolder(ports, identity, call)),
    probe('places to write', undefined, async () => [placesRow(await localPlaces.tryWriting())]),
    probe('session', undefined, () => ports.sessions.load().then(unlessBroken)),
    probe('price table', undefined, () => ports.prices.read().then(unlessBroken)),
    // Without AIRFLOW_URL the user triggers by hand, and nothing is missing.
    airflow === undefined ? [] : probe('Airflow', airflow.url, () => dagInAirflow(ports, airflow, call)),
  ]);
  const rows = [settingsRow(ports), ...probed.flat()];
  const checks = rows.map((row) => withSettingsPlace(row, settings.place));
  const failed = checks.filter(({ ok, notLookedAt }) => !ok && !notLookedAt);
  return {
    ...setupText(
      failed,
      checks.some(({ name, ok }) => ok && name === baselineRow),
    ),
    ok: failed.length === 0,
    checks,
  };
}

/** Adapters name `.env` in their fixes; a client may keep the settings elsewhere. */
function withSettingsPlace({ fix, ...row }: SetupRow, place: string): SetupRow {
  return fix === undefined ? row : { ...row, fix: fix.replaceAll(/(?<= in )\.env\b/g, place) };
}

type Look = () => Promise<string | SetupRow[]>;

function isSound(rows: readonly SetupRow[]): boolean {
  return rows.every(({ ok }) => ok);
}

/**
 * Runs one probe, which returns the detail of its row, or its rows; a ToolError becomes a row. A missing setting is
 * already in the row of the settings.
 */
async function probe(name: string, setting: string | undefined, look: Look): Promise<SetupRow[]> {
  if (setting === '') return [notLookedAtRow(name, 'the missing setting')];
  try {
    const found = await look();
    return typeof found === 'string' ? [{ name, ok: true, detail: found }] : found;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [{ name, ok: false, detail: error.message, fix: error.next }];
  }
}

async function repository({ settings, target, sessions, blobs }: CheckSetupPorts, call: ToolCall) {
  const snapshot = await target.snapshot({ forWriting: false }, call);
  const checks = snapshot.files.filter(({ path }) => {
    const rule = ruleFor(path);
    return rule !== undefined && rule.fromProduction === undefined;
  });
  const rows = repositoryRows(settings, snapshot, checks.length);
  const loaded = await loadedBaselines({ blobs, target }, await sessions.load(), snapshot, call);
  if (loaded.length > 0) return [...rows, loadedRow(loaded, settings)];
  return [...rows, ...lagRows(await target.baselineLag(snapshot, call), settings)];
}

async function production({ settings, store }: CheckSetupPorts, call: ToolCall) {
  const { objects } = await store.listUri(`${settings.prodHourlyChecks}/`, call);
  return [productionRow(settings, objects.filter(({ key }) => ruleFor(key)?.fromProduction).length)];
}

async function dagFolder(ports: CheckSetupPorts, identity: Promise<SetupRow[]>, call: ToolCall) {
  const { settings, dags } = ports;
  const [dag, ...configs] = await dags.read();
  const source = dag?.bytes.toString('utf8') ?? '';
  requireConfigsRead(source, dag?.name ?? '', configs);
  const dagBucket = readConstant(source, 'S3_BUCKET');
  const rowOfDag = await probe('DAG file', undefined, async () => [
    dagRow(settings, usesLoad(source) ? readLoad(source, dag?.name ?? 'The DAG file') : undefined, dagBucket),
  ]);
  const prefixes = await probe('prefixes', undefined, async () => {
    // The row of the DAG file compares the bucket.
    requireSamePlaces(source, { ...settings, bucket: dagBucket ?? settings.bucket });
    return 'as in the DAG';
  });
  const outputs = stepOutputs(configs);
  const seen = isSound(await identity) ? await seeRunners(ports, outputs, call) : [];
  return [
    ...rowOfDag,
    ...prefixes,
    clusterConfigsRow(configs, readsStepTemplate(source)),
    ...stepRows(outputs, settings).map((row) => (row.name === 'runner' ? runnerRow(row, seen) : row)),
  ];
}

/** Says nothing of what is in order: a row that only shows faults. */
function unlessBroken(): SetupRow[] {
  return [];
}

/** Looks for each script in S3; what AWS denies or does not answer in time is left open. */
async function seeRunners(
  { store, clock, settings }: CheckSetupPorts,
  outputs: readonly StepOutput[],
  call: ToolCall,
) {
  const uploadedWithTheDag = `s3://${settings.bucket}/${dagKey(settings, referenceRunner)}`;
  const uris = [...new Set(outputs.flatMap(({ runner }) => runner ?? []))];
  const places = uris.flatMap((uri) => {
    const at = uri.replace(/^s3[an]:/, 's3:');
    return /^s3:\/\/[^/]+\/./.test(at) && !at.includes(runnerPlaceholder) ? [{ uri, at }] : [];
  });
  return Promise.all(
    places.map(async ({ uri, at }): Promise<SeenRunner> => {
      if (at === uploadedWithTheDag) return { uri, isThere: true };
      const look = await lookWithin(clock, call, lookMs, (watch) => store.listUri(at, watch)).catch(
        unlessToolError,
      );
      if (look === undefined || look.late) return { uri, isThere: undefined };
      return { uri, isThere: look.found.objects.some(({ key }) => at.endsWith(`/${key}`)) };
    }),
  );
}

/** A service that throttles would keep the whole check waiting. */
const lookMs = 15_000;

/** One ListClusters: what pollCluster needs first. */
async function listedClusters({ clusters, clock }: CheckSetupPorts, call: ToolCall) {
  const look = await lookWithin(clock, call, lookMs, (watch) =>
    clusters.createdSince(clock.localMs(), watch),
  );
  if (!look.late) return 'answers';
  throw new ToolError('UPSTREAM', `EMR did not answer within ${lookMs / 1000} s.`, {
    next: 'call checkSetup again in a minute; EMR throttles an account that is asked too often.',
  });
}

async function dagInAirflow({ dags }: CheckSetupPorts, airflow: Airflow, call: ToolCall) {
  const [dag] = await dags.read();
  const dagId = dagIdOf(dag?.name ?? '', '15m');
  const hasDag = (await airflow.dag(dagId, call)) !== undefined;
  return `${airflow.url} is reachable ${hasDag ? `and has ${dagId}` : `but has no ${dagId} yet`}`;
}
