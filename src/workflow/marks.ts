/** What a mark needs: the load of the bucket's DAG, the round it may move, and when an unmarked run began. */
import { readLoad, usesLoad } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import { dagKey } from '../domain/keys.ts';
import type { Schedule } from '../domain/schedules.ts';
import { localStamp, parseStamp } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Instant, Watch } from '../ports/time.ts';
import type { MovableRound } from '../rounds/begin.ts';
import { ownerOfCluster } from '../rounds/choice.ts';
import { otherRunsOn, type SeenRun } from '../rounds/otherRuns.ts';
import { isEnding } from '../rounds/progress.ts';
import { stepsOfRound } from '../rounds/runs.ts';
import { startMs } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { candidateText } from './clusters.ts';
import type { SharedDeadline } from './deadline.ts';
import { lookAtRound, type RoundPorts } from './looks.ts';
import { findOtherRuns, foreignLoadText, lookBackMs, namesOf } from './otherRuns.ts';
import { lookNow, roundUnderWay, stillRunningText } from './rounds.ts';

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
  if (bytes !== undefined) {
    const source = Buffer.from(bytes).toString('utf8');
    const meant = session.dag?.load ?? session.uploads.at(-1)?.load;
    if (!usesLoad(source) && meant !== undefined)
      return {
        load: meant,
        warnings: [`The DAG in the bucket sets no LOAD: taken to run ${meant}x, as uploaded last.`],
      };
    const load = readLoad(source, 'The DAG in the bucket');
    const isOurs = session.dag === undefined || session.dag.load === load;
    return { load, warnings: isOurs ? [] : [foreignLoadText(load, session.dag?.load)] };
  }
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
  const look = await lookAtRound(ports, session, latest, undefined, watch).catch(() => undefined);
  if (look?.kind !== 'seen')
    return latest.clusterId === undefined ? { round: latest, unbound: false } : undefined;
  const { steps, cluster } = look.observed;
  if (steps.own.length > 0 || latest.schedule !== schedule) return undefined;
  return { round: latest, unbound: isEnding(cluster) };
}

/**
 * Checks for a running round before a mark: warns if the mark names another schedule.
 * @throws ToolError WRONG_STATE for the same schedule: a mark now would end the running round's window
 */
export async function refuseWhileRunning(
  ports: MarkPorts,
  session: Session,
  named: Schedule | undefined,
  watch: Watch,
): Promise<string[]> {
  const running = await roundUnderWay(ports, session, watch);
  if (running === undefined) return [];
  const what = stillRunningText(running);
  if (named !== undefined && named !== running.round.schedule)
    return [`${what}. Two rounds at once distort each other's measurements.`];
  throw new ToolError('WRONG_STATE', `${what}; a mark now would end its window. Nothing was marked.`, {
    next: 'call pollCluster until it is done; call markRound with already: true only if the DAG was triggered a second time.',
  });
}

/** The running round of the schedule, if any: without another visible run, the user's run is this round's. */
async function roundOfKnownRun(
  ports: MarkPorts,
  session: Session,
  schedule: Schedule,
  watch: Watch,
): Promise<Round | undefined> {
  const running = await roundUnderWay(ports, session, watch, lookNow);
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
  const { clusterId } = before;
  const { configsPrefix } = ports.settings;
  const { steps } = await ports.clusters.steps(clusterId, watch);
  const own = ({ runId: _, ...round }: Round) => {
    const rounds = session.rounds.map((one) => (one.round === round.round ? round : one));
    return stepsOfRound(round, rounds, { id: clusterId, steps }, configsPrefix).own;
  };
  if (own(before).length === 0 || own(after).length > 0) return;
  throw new ToolError(
    'WRONG_STATE',
    `Round ${before.round} has ${own(before).length} steps on ${before.clusterId}, and would have none as a ${after.schedule} round from ${after.startedAt}. Nothing was marked.`,
    { next: 'omit round to mark a new one, or set at to a time before its first step.' },
  );
}

/** The runs of a schedule that no round owns, oldest first; `moved` owns none. A cluster without a step counts unless it ended. */
async function unmarkedRuns(
  ports: MarkPorts,
  session: Session,
  { schedule, moved, nowMs }: { schedule: Schedule; moved: Round | undefined; nowMs: number },
  watch: Watch,
): Promise<SeenRun[]> {
  const rounds = session.rounds.filter((round) => round.round !== moved?.round);
  const last = rounds.at(-1);
  const sinceMs = Math.max(nowMs - lookBackMs, last === undefined ? 0 : startMs(last));
  const found = await findOtherRuns(ports, session, { sinceMs, rounds, isMark: true }, watch);
  const ofSchedule = found.filter((run) => run.schedule === schedule);
  const ran = ofSchedule.filter((run) => run.steps > 0 || run.active);
  return ran.length > 0 ? ran : ofSchedule.slice(-1);
}

/** The newest run on a named cluster that no round owns, or the round that owns what runs there. */
export type NamedRun =
  | { readonly run: SeenRun; readonly owner?: never }
  | { readonly owner: Round; readonly run?: never };

/**
 * `moved` owns no run: the mark decides which is its own.
 * @throws ToolError NOT_FOUND for a cluster that EMR does not know, or that shows no run of our DAGs
 */
export async function namedRun(
  ports: MarkPorts,
  session: Session,
  clusterId: string,
  moved: Round | undefined,
  watch: Watch,
): Promise<NamedRun> {
  const { cluster, steps } = await ports.clusters.look(clusterId, watch);
  const rounds = session.rounds.filter((round) => round.round !== moved?.round);
  const { configsPrefix } = ports.settings;
  const seen = { id: clusterId, created: cluster, steps };
  const run = otherRunsOn(rounds, [seen], await namesOf(ports, session), configsPrefix, true).at(-1);
  if (run !== undefined) return { run };
  const named = { id: clusterId, state: cluster.state, steps };
  const owner = ownerOfCluster(session.rounds, undefined, named, configsPrefix);
  if (owner !== undefined) return { owner };
  throw new ToolError(
    'NOT_FOUND',
    `${candidateText(cluster)} shows no run of these DAGs. Nothing was marked.`,
    { next: 'check the cluster id in the EMR console, then call markRound again.' },
  );
}

/** A mark in the making: what was asked, when, and what may be looked at meanwhile. */
export interface Marking {
  readonly given: MarkRequest;
  readonly now: Instant;
  readonly deadline: SharedDeadline;
}

type Given<Facts> = { readonly [Name in keyof Facts]?: Facts[Name] | undefined };

export type MarkRequest = Given<Pick<Round, 'schedule' | 'clusterId' | 'round' | 'note'>> & {
  readonly at?: string | undefined;
  readonly already: boolean;
};

/** How far in the future a start may be, in milliseconds: the clocks of two machines may differ that much. */
const futureMs = 5 * 60_000;

/** @throws ToolError BAD_INPUT */
function refuseFuture(startedAt: string, now: Instant): void {
  if ((parseStamp(startedAt) ?? 0) <= now.epochUs / 1000 + futureMs) return;
  throw new ToolError('BAD_INPUT', `${startedAt} is more than 5 minutes in the future. Nothing was marked.`, {
    next: `give the time at which the DAG was triggered; it is now ${localStamp(now.epochUs)}.`,
  });
}

/** When a mark's round starts, and for which run; a known round or an open question instead. */
export type Start =
  | {
      readonly startedAt: string;
      /** The run that the round is for, if it was seen. */
      readonly run?: SeenRun;
      /** A run was looked for, and none is visible. */
      readonly isUnseen?: true;
    }
  /** The running round that the reported run belongs to. */
  | { readonly known: Round }
  /** Several runs that could be meant. */
  | { readonly undecided: readonly SeenRun[] };

interface StartFacts {
  readonly schedule: Schedule;
  readonly moved: Round | undefined;
  readonly run: SeenRun | undefined;
}

export async function startOfMark(
  { given: { at, already, round }, now, deadline }: Marking,
  ports: MarkPorts,
  session: Session,
  { schedule, moved, run: named }: StartFacts,
): Promise<Start> {
  if (at !== undefined) {
    refuseFuture(at, now);
    return { startedAt: at, ...(named && { run: named }) };
  }
  if (named !== undefined) return startOfRun(named);
  const edited = round === undefined ? undefined : moved;
  if (!already) return { startedAt: edited?.startedAt ?? localStamp(now.epochUs) };
  const nowMs = Math.floor(now.epochUs / 1000);
  const runs = await deadline.look('which runs belong to no round', (watch) =>
    unmarkedRuns(ports, session, { schedule, moved, nowMs }, watch),
  );
  const [run, ...others] = runs ?? [];
  if (runs !== undefined && others.some(({ clusterId }) => clusterId !== run?.clusterId))
    return { undecided: runs };
  if (run !== undefined) return startOfRun(run);
  const known =
    moved === undefined
      ? await deadline.look('whether a round is running', (watch) =>
          roundOfKnownRun(ports, session, schedule, watch),
        )
      : undefined;
  if (known !== undefined) return { known };
  const startedAt = moved?.startedAt ?? localStamp(now.epochUs);
  return runs === undefined ? { startedAt } : { startedAt, isUnseen: true };
}

/** A second before the first sign: EMR rounds its stamps. */
function startOfRun(run: SeenRun): Start {
  return { startedAt: localStamp((run.startedMs - 1000) * 1000), run };
}
