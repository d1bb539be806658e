/** The DAG: our folder, the copy in the bucket and its checks; whether Airflow can run it now, and what became of a run. */
import { requireSoundClusterConfigs } from '../dag/clusterConfig/files.ts';
import { referenceRunner } from '../dag/clusterConfig/stepTemplate.ts';
import { findLoad, readLoad, readsStepTemplate, usesLoad } from '../dag/source.ts';
import { otherObjects, planDagUpload, requireConfigsRead, requireSamePlaces } from '../dag/uploadPlan.ts';
import { ToolError } from '../domain/errors.ts';
import { cleanLine } from '../domain/foreignText.ts';
import { configsFolder, dagKey } from '../domain/keys.ts';
import { ruleFor, type Schedule, schedules } from '../domain/schedules.ts';
import type { Airflow } from '../ports/airflow.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import type { Watch } from '../ports/time.ts';
import { isRunActive, loadOfTags, loadTag } from '../rounds/begin.ts';
import { isEnding } from '../rounds/progress.ts';
import { startMs } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { observeRound, type RoundPorts } from './looks.ts';

/** @throws ToolError CONFIG if these files cannot run as a DAG, or it would read other configs than ours */
export async function readOwnDags(ports: Pick<Ports, 'dags' | 'settings'>) {
  const [dag, ...configs] = await ports.dags.read();
  if (dag === undefined) throw new RangeError('the DAG folder has no DAG');
  const source = dag.bytes.toString('utf8');
  requireConfigsRead(source, dag.name, configs);
  const load = usesLoad(source) ? readLoad(source, dag.name) : undefined;
  requireSamePlaces(source, ports.settings);
  const readsTemplate = readsStepTemplate(source);
  requireSoundClusterConfigs(configs, { readsTemplate });
  return { dag, configs, source, load, readsTemplate, warnings: ownDagWarnings(load, configs) };
}

/** What a DAG of the person's own lacks, so that it cannot be checked before it runs: one warning. */
function ownDagWarnings(load: number | undefined, configs: readonly DagFile[]): string[] {
  const lacking = schedules.filter((one) => !configs.some(({ name }) => name.endsWith(`_${one}.json`)));
  const parts = [
    ...(load === undefined ? ['sets no LOAD'] : []),
    ...(lacking.length === 0 ? [] : [`has no cluster config of its name for ${lacking.join(', ')}`]),
  ];
  if (parts.length === 0) return [];
  return [
    `The DAG ${parts.join(' and ')}: what it would run was not checked. Its steps decide, by names such as check_a_15m_2x.`,
  ];
}

/**
 * The reference runner, where a config names the place that this upload would put it to, and what keeps Airflow from
 * parsing it as a DAG. @throws ToolError CONFIG if one of them is not beside the DAG
 */
export async function readReferenceRunner(
  ports: Pick<Ports, 'dags' | 'settings'>,
  configs: readonly DagFile[],
): Promise<readonly DagFile[]> {
  const { bucket } = ports.settings;
  const place = `://${bucket}/${dagKey(ports.settings, referenceRunner)}"`;
  if (!configs.some(({ bytes }) => bytes.includes(place))) return [];
  return ports.dags.readOthers([referenceRunner, '.airflowignore']);
}

/** What an upload of these files (the DAG first) would change in the bucket. */
export async function compareWithBucket(
  ports: Pick<Ports, 'store' | 'settings'>,
  files: readonly DagFile[],
  watch: Watch,
) {
  const { dagsPrefix } = ports.settings;
  const folder = await ports.store.list(`${dagsPrefix}/`, watch);
  const remotes = await Promise.all(files.map((file) => ports.store.read(dagKey(ports.settings, file.name))));
  const plan = planDagUpload(files, remotes);
  const [dag] = remotes;
  const remoteLoad = dag === undefined ? undefined : findLoad(Buffer.from(dag).toString('utf8'));
  return { plan, remoteLoad: remoteLoad ?? null, others: otherObjects(folder, plan, dagsPrefix) };
}

/**
 * Without a load, uploadDags uses that of the last upload; the user may mean another level on disk.
 * @throws ToolError WRONG_STATE if the level on disk has another load and was not uploaded
 */
export function requireMeantLevel({ level, uploads }: Session, load: number): void {
  if (level === undefined || level.load === load) return;
  if (uploads.some((upload) => upload.load === level.load && upload.schedule === level.schedule)) return;
  throw new ToolError(
    'WRONG_STATE',
    `${level.load}x is on disk but its checks were not uploaded; this DAG would read ${load}x. Nothing was uploaded, and LOAD was not changed.`,
    {
      next: `call uploadChecks to test ${level.load}x, or uploadDags with load: ${load} for another round of ${load}x.`,
    },
  );
}

/**
 * A round with only some of the checks would measure less than its load.
 * @throws ToolError WRONG_STATE if an uploadChecks of this load began and is not known to have finished
 */
export function requireWholeUpload(session: Session, load: number): void {
  const cutOff = session.interruptions.find(({ tool }) => tool === 'uploadChecks');
  // Another level on disk ends an interruption, so this one belongs to the current level.
  if (cutOff === undefined || session.level?.load !== load) return;
  throw new ToolError(
    'WRONG_STATE',
    `uploadChecks of ${load}x began at ${cutOff.at} and did not finish (or still runs elsewhere), so some of its checks may be missing in the bucket. Nothing was uploaded, and LOAD was not changed.`,
    { next: `call uploadChecks again with ${JSON.stringify(cutOff.arguments)}, then uploadDags.` },
  );
}

/**
 * How many checks of each schedule the bucket has at this load, with a warning for each schedule without any.
 * @throws ToolError WRONG_STATE if the schedule under test has none
 */
export async function requireChecks(
  ports: Pick<Ports, 'store' | 'settings'>,
  schedule: Schedule,
  load: number,
  watch: Watch,
): Promise<{ checks: Partial<Record<Schedule, number>>; warnings: string[] }> {
  const warnings: string[] = [];
  const checks: Partial<Record<Schedule, number>> = {};
  for (const one of schedules) {
    const prefix = configsFolder(ports.settings, one, load);
    const objects = (await ports.store.list(prefix, watch)).filter(({ key }) => key.endsWith('.yml'));
    checks[one] = objects.length;
    // Table metrics are copied even to levels that were never uploaded, so they do not count.
    if (objects.some(({ key }) => !ruleFor(key)?.fromProduction)) continue;
    if (one === schedule)
      throw new ToolError(
        'WRONG_STATE',
        `There are no ${load}x checks for ${one} in s3://${ports.settings.bucket}/${prefix}, so the DAG would have nothing to run. Nothing was uploaded, and LOAD was not changed.`,
        {
          next: `call scaleConfigs with load ${load}, then uploadChecks; or call uploadDags with a load that is uploaded.`,
        },
      );
    warnings.push(`The bucket has no ${load}x checks for ${one}: do not trigger its DAG at this load.`);
  }
  return { checks, warnings };
}

/** How long managed Airflow needs to read an uploaded file. */
const appears = 'an uploaded DAG appears in Airflow after 30 s to 6 min';

/**
 * @returns a warning where Airflow cannot show which LOAD it has read
 * @throws ToolError NOT_FOUND or WRONG_STATE if a run now would read configs of another load, would not start, or
 * would be a second one
 */
export async function requireTriggerable(
  airflow: Airflow,
  { dagId, load, hasTag }: { readonly dagId: string; readonly load: number; readonly hasTag: boolean },
  watch: Watch,
): Promise<string[]> {
  const dag = await airflow.dag(dagId, watch);
  if (dag === undefined)
    throw new ToolError(
      'NOT_FOUND',
      `Airflow does not list a DAG ${dagId} yet: ${appears}. Nothing was triggered.`,
      {
        next: 'wait a minute and call triggerDag again; if the DAG does not appear, check DAGS_PREFIX and the import errors in the Airflow UI.',
      },
    );
  if (dag.broken)
    throw new ToolError(
      'WRONG_STATE',
      `Airflow cannot read the newest version of ${dagId}. Nothing was triggered.`,
      { next: 'fix the DAG file by the import errors in the Airflow UI, then call uploadDags again.' },
    );
  const present = loadOfTags(dag.tags);
  const isUntagged = present === undefined && !hasTag;
  if (present !== load && !isUntagged)
    throw new ToolError(
      'WRONG_STATE',
      `${dagId} in Airflow ${present === undefined ? 'does not have exactly one load tag' : `still has LOAD = ${present}`}, but the bucket has LOAD = ${load} (tag ${loadTag(load)}): ${appears}. Nothing was triggered.`,
      { next: 'wait a minute and call triggerDag again.' },
    );
  if (dag.paused)
    throw new ToolError(
      'WRONG_STATE',
      `${dagId} is paused in Airflow, so a run would never start. Nothing was triggered.`,
      { next: 'ask the user to unpause the DAG in the Airflow UI, then call triggerDag again.' },
    );
  const [active] = await airflow.activeRuns(dagId, watch);
  if (active !== undefined)
    throw new ToolError(
      'WRONG_STATE',
      `${dagId} already has a run (${cleanLine(active.dagRunId, 120)}, ${cleanLine(active.state, 20)}) that triggerDag did not start. Nothing was triggered.`,
      {
        next: 'call markRound with already: true to use that run for the round, or wait until it has ended.',
      },
    );
  if (!isUntagged) return [];
  return [
    `The DAG has no tag ${loadTag(load)}, so it is unknown whether Airflow has read LOAD = ${load} yet: ${appears}.`,
  ];
}

/** @throws ToolError WRONG_STATE for an ending cluster, NOT_FOUND for an unknown one */
export async function requireClusterUp(
  ports: Pick<Ports, 'clusters'>,
  clusterId: string,
  watch: Watch,
): Promise<void> {
  const cluster = await ports.clusters.describe(clusterId, watch);
  if (!isEnding(cluster)) return;
  throw new ToolError(
    'WRONG_STATE',
    `Cluster ${clusterId} is ${cluster.state}, so no round can run on it. Nothing was triggered.`,
    { next: 'give a running cluster, or omit clusterId so that the DAG creates one.' },
  );
}

/** A round whose DAG run triggerDag requested. */
export type TriggeredRound = Round & { readonly dagRun: NonNullable<Round['dagRun']> };

export interface FollowedRun {
  /** As Airflow spells it; undefined if Airflow did not answer. */
  readonly runState: string | undefined;
  readonly clusterId?: string;
  /** Why following stopped early; the run itself continues. */
  readonly problem?: ToolError;
}

/** Seconds between two looks: short at first, then within EMR's quota for ListClusters. */
const firstPauseSeconds = 2;
const longestPauseSeconds = 8;

/**
 * Waits until the round has its cluster, the run has ended, or time is up. The cluster's name contains the run id; a
 * given cluster is the round's once it has one of its steps. Returns errors instead of throwing: the run is under way.
 */
export async function followRun(
  ports: RoundPorts & Pick<Ports, 'clock'>,
  airflow: Airflow,
  { round, dagRun }: TriggeredRound,
  givenCluster: string | undefined,
  untilMs: number,
  watch: Watch,
): Promise<FollowedRun> {
  let runState: string | undefined;
  for (
    let pauseSeconds = firstPauseSeconds;
    ;
    pauseSeconds = Math.min(pauseSeconds * 1.5, longestPauseSeconds)
  ) {
    try {
      const clusterId = await clusterOfRound(ports, round, dagRun.dagRunId, givenCluster, watch);
      const run = await airflow.run(dagRun.dagId, dagRun.dagRunId, watch);
      runState = run === undefined ? undefined : cleanLine(run.state, 20);
      if (clusterId !== undefined) return { runState, clusterId };
      const ended = runState !== undefined && !isRunActive(runState);
      if (ended || ports.clock.localMs() + pauseSeconds * 1000 > untilMs) return { runState };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return { runState, problem: error };
    }
    watch.progress(0, undefined, `run ${runState ?? 'queued'}, waiting for its cluster`);
    await ports.clock.sleep(pauseSeconds * 1000, watch.signal);
  }
}

async function clusterOfRound(
  ports: RoundPorts,
  number: number,
  dagRunId: string,
  given: string | undefined,
  watch: Watch,
): Promise<string | undefined> {
  const session = await ports.sessions.load();
  const round = session.rounds[number - 1];
  if (round === undefined || round.clusterId !== undefined) return round?.clusterId;
  if (given !== undefined) {
    const observed = await observeRound(ports, session, round, given, watch);
    return observed.steps.own.length > 0 ? given : undefined;
  }
  const created = await ports.clusters.createdSince(startMs(round), watch);
  const own = created.find((cluster) => cluster.name.includes(dagRunId));
  if (own === undefined) return undefined;
  await ports.sessions.record((latest) =>
    latest.rounds[number - 1]?.clusterId === own.id
      ? []
      : [{ type: 'clusterBound', round: number, clusterId: own.id }],
  );
  return own.id;
}
