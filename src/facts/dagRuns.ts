/** Facts about the DAG in Airflow: may it be triggered now, and what became of a run that was. */
import { ToolError } from '../errors.ts';
import { cleanLine } from '../foreignText.ts';
import type { Airflow, Ports, Watch } from '../ports.ts';
import { isRunActive, loadOfTags, loadTag } from '../rounds/dagRun.ts';
import { isEnding } from '../rounds/progress.ts';
import { startMs } from '../rounds/window.ts';
import type { Round } from '../state/session.ts';
import { observeRound } from './rounds.ts';

/** How long managed Airflow takes to read an uploaded file. */
const appears = 'an uploaded DAG appears in Airflow after 30 s to 6 min';

/**
 * @throws ToolError NOT_FOUND or WRONG_STATE when a run now would read other configs than those of `load`, would not
 * start, or would be one too many
 */
export async function requireTriggerable(
  airflow: Airflow,
  dagId: string,
  load: number,
  watch: Watch,
): Promise<void> {
  const dag = await airflow.dag(dagId, watch);
  if (dag === undefined)
    throw new ToolError(
      'NOT_FOUND',
      `Airflow knows no DAG ${dagId} yet: ${appears}. Nothing was triggered.`,
      {
        next: 'wait a minute and call triggerDag again; if it stays away, look at the import errors in the Airflow UI, and at DAGS_PREFIX.',
      },
    );
  if (dag.broken)
    throw new ToolError(
      'WRONG_STATE',
      `Airflow cannot read the newest version of ${dagId}. Nothing was triggered.`,
      { next: 'look at the import errors in the Airflow UI, mend the DAG file, and call uploadDags again.' },
    );
  const present = loadOfTags(dag.tags);
  if (present !== load)
    throw new ToolError(
      'WRONG_STATE',
      `${dagId} in Airflow ${present === undefined ? 'carries no single load tag' : `still has LOAD = ${present}`}, and the bucket has LOAD = ${load} (tag ${loadTag(load)}): ${appears}. Nothing was triggered.`,
      { next: 'wait a minute and call triggerDag again.' },
    );
  if (dag.paused)
    throw new ToolError(
      'WRONG_STATE',
      `${dagId} is paused in Airflow: a run would wait for ever. Nothing was triggered.`,
      { next: 'the person switches the DAG on in the Airflow UI; then call triggerDag again.' },
    );
  const [active] = await airflow.activeRuns(dagId, watch);
  if (active !== undefined)
    throw new ToolError(
      'WRONG_STATE',
      `${dagId} has a run already (${cleanLine(active.dagRunId, 120)}, ${cleanLine(active.state, 20)}), which was not triggered from here. Nothing was triggered.`,
      {
        next: 'markRound with already: true takes that run for the round; or wait until it has ended.',
      },
    );
}

/** @throws ToolError WRONG_STATE for a cluster on which nothing can run any more, NOT_FOUND for an unknown one */
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
    { next: 'give a cluster that is up, or leave clusterId out: then the DAG creates one.' },
  );
}

export interface FollowedRun {
  /** As Airflow spells it; undefined when it did not answer. */
  readonly runState?: string;
  readonly clusterId?: string;
  /** Why the look ended early; the run itself goes on. */
  readonly problem?: ToolError;
}

/** Seconds between two looks: soon at first, then at a pace that EMR's quota for ListClusters bears. */
const firstPauseSeconds = 2;
const longestPauseSeconds = 8;

/**
 * Looks until the round has its cluster, the run has ended, or the time is up. The cluster carries the run's id in its
 * name; a given one is the round's as soon as it has a step of it. What goes wrong here is told, not thrown: the run
 * is under way.
 */
export async function followRun(
  ports: Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock'>,
  airflow: Airflow,
  {
    round,
    dagRun,
    givenCluster,
  }: {
    round: number;
    dagRun: NonNullable<Round['dagRun']>;
    givenCluster: string | undefined;
  },
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
      const seen = runState === undefined ? {} : { runState };
      if (clusterId !== undefined) return { ...seen, clusterId };
      const ended = runState !== undefined && !isRunActive(runState);
      if (ended || ports.clock.localMs() + pauseSeconds * 1000 > untilMs) return seen;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return { ...(runState === undefined ? {} : { runState }), problem: error };
    }
    watch.progress(0, undefined, `run ${runState ?? 'queued'}, waiting for its cluster`);
    await ports.clock.sleep(pauseSeconds * 1000, watch.signal);
  }
}

async function clusterOfRound(
  ports: Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>,
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
