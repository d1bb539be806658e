/** Facts for a mark: which load the bucket's DAG reads, which round may be moved, when an unmarked run began. */
import { readLoad } from '../checks/dagSource.ts';
import { dagKey } from '../checks/keys.ts';
import type { Schedule } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import type { Ports, Step, Watch } from '../ports.ts';
import type { MovableRound } from '../rounds/begin.ts';
import { earlierClusters } from '../rounds/clusterChoice.ts';
import { isActive, isEnding } from '../rounds/progress.ts';
import { firstUnmarkedMs, lookBackMs } from '../rounds/unowned.ts';
import { startMs, stepsIn, windowOf } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { clusterName } from './clusters.ts';
import { observeRound, roundUnderWay } from './rounds.ts';

type Wanted = Pick<Ports, 'store' | 'clusters' | 'sessions' | 'settings' | 'dags'>;

/**
 * LOAD in the DAG that lies in the bucket: what a DAG run would read now. When the bucket does not answer, what this
 * session uploaded last, with a warning.
 * @throws ToolError WRONG_STATE when no DAG was uploaded at all
 */
export async function loadInBucket(
  ports: Wanted,
  session: Session,
): Promise<{ load: number; warnings: string[] }> {
  const [dag] = await ports.dags.read();
  const key = dagKey(ports.settings, dag?.name ?? '');
  let unreachable = '';
  const bytes = await ports.store.read(key).catch((error: unknown) => {
    if (!(error instanceof ToolError) || session.dag === undefined) throw error;
    unreachable = error.code;
    return undefined;
  });
  if (bytes !== undefined)
    return { load: readLoad(Buffer.from(bytes).toString('utf8'), 'The DAG in the bucket'), warnings: [] };
  if (unreachable !== '' && session.dag !== undefined)
    return {
      load: session.dag.load,
      warnings: [
        `The bucket did not answer (${unreachable}); the load is that of this session's last uploadDags.`,
      ],
    };
  throw new ToolError(
    'WRONG_STATE',
    `There is no DAG at s3://${ports.settings.bucket}/${key}, so no round can begin. Nothing was marked.`,
    {
      next: 'call uploadDags first.',
    },
  );
}

/**
 * The newest open round when none of its steps exists yet: a mark moves it instead of adding another. A round of
 * another schedule whose cluster exists is on its way, and stays.
 */
export async function movableRound(
  ports: Wanted,
  session: Session,
  schedule: Schedule,
  watch: Watch,
): Promise<MovableRound | undefined> {
  const latest = session.rounds.findLast((round) => !round.abandoned);
  if (latest === undefined || latest.finished !== undefined || latest.report !== undefined) return undefined;
  const observed = await observeRound(ports, session, latest, undefined, watch).catch(() => undefined);
  if (observed === undefined)
    return latest.clusterId === undefined ? { round: latest, unbound: false } : undefined;
  if (observed.steps.own.length > 0 || latest.schedule !== schedule) return undefined;
  return { round: latest, unbound: isEnding(observed.cluster) };
}

/**
 * What to say of a round that is under way when another one is to be marked before its run: a warning when the mark is
 * for another schedule that was named. An AWS that does not answer knows of none.
 * @throws ToolError WRONG_STATE otherwise: a mark now would cut the running round off
 */
export async function refuseWhileRunning(
  ports: Wanted,
  session: Session,
  named: Schedule | undefined,
  watch: Watch,
): Promise<string[]> {
  const running = await roundUnderWay(ports, session, watch).catch((error: unknown) => {
    if (error instanceof ToolError) return undefined;
    throw error;
  });
  if (running === undefined) return [];
  const { round, cluster, steps, load } = running;
  const what = `Round ${round.round} (${load}x ${round.schedule})`;
  if (named !== undefined && named !== round.schedule)
    return [`${what} is running on ${cluster.id}: two rounds at once measure neither.`];
  const active = steps.own.filter(isActive).length;
  throw new ToolError(
    'WRONG_STATE',
    `${what} is running on ${cluster.id} (${cluster.state}, ${active} active steps), and a mark now would cut it off. Nothing was marked.`,
    {
      next: 'call pollCluster until it is done; markRound with already: true only if the DAG was triggered a second time.',
    },
  );
}

/** The round that is running already, when the run that somebody tells of is its own as far as is to be seen. */
export async function roundOfKnownRun(
  ports: Wanted,
  session: Session,
  schedule: Schedule,
  watch: Watch,
): Promise<Round | undefined> {
  const running = await roundUnderWay(ports, session, watch);
  return running?.round.schedule === schedule ? running.round : undefined;
}

/** @throws ToolError WRONG_STATE when a round that has steps would have none after its change */
export async function requireStepsKept(
  ports: Wanted,
  session: Session,
  before: Round,
  after: Round,
  watch: Watch,
): Promise<void> {
  if (before.clusterId === undefined) return;
  const { configsPrefix } = ports.settings;
  const { steps } = await ports.clusters.steps(before.clusterId, watch);
  const own = (round: Round) =>
    stepsIn(windowOf(round, session.rounds), round.schedule, steps, configsPrefix).own;
  if (own(before).length === 0 || own(after).length > 0) return;
  throw new ToolError(
    'WRONG_STATE',
    `Round ${before.round} has ${own(before).length} steps on ${before.clusterId}, and would have none as ${after.schedule} from ${after.startedAt}. Nothing was marked.`,
    { next: 'leave round out to mark a new one, or give at a moment before its first step.' },
  );
}

/** When the DAG run began that no other round owns, in milliseconds since the epoch; undefined when there is no sign of one. */
export async function unmarkedRunMs(
  ports: Wanted,
  session: Session,
  schedule: Schedule,
  moved: Round | undefined,
  nowMs: number,
  watch: Watch,
): Promise<number | undefined> {
  const rounds = session.rounds.filter((round) => round !== moved);
  const last = rounds.at(-1);
  const sinceMs = Math.max(nowMs - lookBackMs, last === undefined ? 0 : startMs(last));
  const name = session.dag?.clusterNames?.[schedule] ?? clusterName(await ports.dags.read(), schedule);
  const created = (await ports.clusters.createdSince(sinceMs, watch)).filter((cluster) =>
    cluster.name.startsWith(name),
  );
  const carried =
    last === undefined
      ? []
      : [...(last.clusterId === undefined ? [] : [last.clusterId]), ...earlierClusters(last, rounds)];
  const steps = new Map<string, readonly Step[]>();
  for (const clusterId of new Set([...created.map((cluster) => cluster.id), ...carried.slice(0, 3)])) {
    const observed = await ports.clusters.steps(clusterId, watch);
    steps.set(
      clusterId,
      observed.steps.filter((step) => step.createdMs >= sinceMs),
    );
  }
  return firstUnmarkedMs(rounds, schedule, { clusters: created, steps }, ports.settings.configsPrefix);
}
