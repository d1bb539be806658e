/** What a mark needs: the load of the bucket's DAG, the round it may move, and when an unmarked run began. */
import { readLoad } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import { dagKey } from '../domain/keys.ts';
import type { Schedule } from '../domain/schedules.ts';
import { localStamp } from '../domain/time.ts';
import type { Step } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { Instant, Watch } from '../ports/time.ts';
import type { MovableRound } from '../rounds/begin.ts';
import { earlierClusters } from '../rounds/choice.ts';
import { isActive, isEnding } from '../rounds/progress.ts';
import { firstUnmarkedMs, lookBackMs } from '../rounds/unmarked.ts';
import { startMs, stepsIn, windowOf } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { clusterName } from './clusters.ts';
import { observeRound, type RoundPorts, roundUnderWay, unlessToolError } from './rounds.ts';

type Beginning = Pick<Round, 'load' | 'schedule' | 'startedAt' | 'clock'>;

type MarkPorts = RoundPorts & Pick<Ports, 'store'>;

/** The beginning of a round by this reading of the clock, or at an earlier stamp. */
export function beginningAt(
  { epochUs, source, skewSeconds }: Instant,
  { load, schedule }: Pick<Round, 'load' | 'schedule'>,
  startedAt = localStamp(epochUs),
): Beginning {
  return { load, schedule, startedAt, clock: { source, skewSeconds } };
}

/**
 * LOAD in the bucket's DAG, which a DAG run would read now. If the bucket does not answer: the load this session
 * uploaded last, with a warning.
 * @throws ToolError WRONG_STATE if the bucket has no DAG
 */
export async function loadInBucket(
  ports: MarkPorts,
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
        `The bucket did not answer (${unreachable}); this is the load of the session's last uploadDags.`,
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
 * The newest open round, if it has no step yet: a mark moves it instead of adding another. A round of another schedule
 * that has its cluster is about to run and is not moved.
 */
export async function movableRound(
  ports: MarkPorts,
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
 * Checks for a running round before a mark: warns if the mark names another schedule. If AWS does not answer, assumes
 * that none runs.
 * @throws ToolError WRONG_STATE for the same schedule: a mark now would end the running round's window
 */
export async function refuseWhileRunning(
  ports: MarkPorts,
  session: Session,
  named: Schedule | undefined,
  watch: Watch,
): Promise<string[]> {
  const running = await roundUnderWay(ports, session, watch).catch(unlessToolError);
  if (running === undefined) return [];
  const { round, cluster, steps, load } = running;
  const what = `Round ${round.round} (${load}x ${round.schedule})`;
  if (named !== undefined && named !== round.schedule)
    return [`${what} is running on ${cluster.id}: two rounds at once distort each other's measurements.`];
  const active = steps.own.filter(isActive).length;
  throw new ToolError(
    'WRONG_STATE',
    `${what} is running on ${cluster.id} (${cluster.state}, ${active} active steps), and a mark now would end its window. Nothing was marked.`,
    {
      next: 'call pollCluster until it is done; call markRound with already: true only if the DAG was triggered a second time.',
    },
  );
}

/** The running round of the schedule, if any: without another visible run, the user's run is this round's. */
export async function roundOfKnownRun(
  ports: MarkPorts,
  session: Session,
  schedule: Schedule,
  watch: Watch,
): Promise<Round | undefined> {
  const running = await roundUnderWay(ports, session, watch);
  return running?.round.schedule === schedule ? running.round : undefined;
}

/** @throws ToolError WRONG_STATE if the change would leave a round with steps without any */
export async function requireStepsKept(
  ports: MarkPorts,
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
    `Round ${before.round} has ${own(before).length} steps on ${before.clusterId}, and would have none as a ${after.schedule} round from ${after.startedAt}. Nothing was marked.`,
    { next: 'omit round to mark a new one, or set at to a time before its first step.' },
  );
}

/** When an unmarked DAG run began, in milliseconds since the epoch; undefined if none is visible. `moved` counts as unmarked. */
export async function unmarkedRunMs(
  ports: MarkPorts,
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
