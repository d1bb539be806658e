import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import { plural } from '../domain/text.ts';
import { localStamp, wholeStamp } from '../domain/time.ts';
import type { Cluster, Step } from '../ports/aws.ts';
import type { Watch } from '../ports/time.ts';
import { latestThatRan, ownerOfCluster, type RoundSelector } from '../rounds/choice.ts';
import { isActive } from '../rounds/progress.ts';
import { type ClusterSteps, stepsOfRound } from '../rounds/runs.ts';
import {
  loadOfSteps,
  refuseEmpty,
  requireStamps,
  scheduleOfSteps,
  stepsIn,
  windowByStamps,
} from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { refuseWithoutRun } from './clusters.ts';
import {
  idleSince,
  lookAtRound,
  type ObservedRound,
  observeRound,
  type RoundPorts,
  type UndecidedRound,
  unlessToolError,
} from './looks.ts';
import { loadAndSchedule, observeNamed, refuseUnmarked } from './namedClusters.ts';
import { findRunsBeside, runText } from './otherRuns.ts';
import { lookWhetherRunning, requireRound, staleText } from './rounds.ts';

/** The steps of one report: of a round, or of a cluster between two stamps. */
export interface ReportRange {
  /** Absent for a report by cluster and time alone. */
  readonly round?: Round;
  readonly cluster: Cluster;
  readonly schedule: Schedule;
  readonly load: number;
  readonly startedAt: string;
  readonly steps: readonly Step[];
  readonly knownFromDiskOnly: number;
  readonly observedMs: number;
  /** When the last step on the cluster ended; absent while one is active. */
  readonly idleSinceMs?: number;
  readonly warnings: string[];
}

/** Several runs could be the round's, so that there is nothing to report yet. */
export interface UndecidedRange {
  readonly undecided: UndecidedRound;
}

export interface RangeRequest extends RoundSelector {
  readonly clusterId?: string | undefined;
  readonly afterTimestamp?: string | undefined;
  readonly beforeTimestamp?: string | undefined;
  /** Steps may still be active. */
  readonly partial: boolean;
}

/** @throws ToolError NOT_FOUND with the nearest steps for an empty range, WRONG_STATE while its steps are active unless `partial` */
export async function observeRange(
  ports: RoundPorts,
  session: Session,
  asked: RangeRequest,
  watch: Watch,
): Promise<ReportRange | UndecidedRange> {
  requireStamps(asked.afterTimestamp, asked.beforeTimestamp);
  const byTime = asked.afterTimestamp !== undefined || asked.beforeTimestamp !== undefined;
  const noRound = asked.round === undefined && session.rounds.length === 0;
  if (asked.clusterId !== undefined && (byTime || noRound))
    return byCluster(ports, session, asked.clusterId, asked, watch);

  if (byTime) {
    const round = requireRound(session, asked);
    const clusterId =
      round.clusterId ?? (await observeRound(ports, session, round, undefined, watch)).cluster.id;
    return byCluster(ports, session, clusterId, asked, watch);
  }
  const found =
    asked.clusterId === undefined
      ? await observeAsked(ports, session, asked, watch)
      : { observed: await observeOwner(ports, session, asked, asked.clusterId, watch), warnings: [] };
  if ('undecided' in found) return found;
  const { observed, warnings } = found;
  const { round, steps } = observed;
  if (steps.own.length === 0) {
    const { id } = observed.cluster;
    const before = steps.lastBefore === undefined ? [] : [steps.lastBefore];
    const ended = { id, state: 'TERMINATED', steps: before };
    refuseEmpty(steps, id, {
      round,
      owner: ownerOfCluster(session.rounds, undefined, ended, ports.settings.configsPrefix),
    });
  }
  requireEnded(steps.own, observed, asked);
  return {
    ...observed,
    schedule: round.schedule,
    startedAt: round.startedAt,
    steps: steps.own,
    warnings: [
      ...warnings,
      ...loadWarning(observed.load, asked.load ?? observed.markedLoad),
      ...(await otherRunWarnings(ports, session, observed, watch)),
      ...foreignWarning(steps.foreign.length),
    ],
  };
}

/** The requested round; for a load whose latest round has no cluster yet, the latest round that ran. */
async function observeAsked(
  ports: RoundPorts,
  session: Session,
  asked: RangeRequest,
  watch: Watch,
): Promise<{ observed: ObservedRound; warnings: string[] } | UndecidedRange> {
  const round = requireRound(session, asked);
  // A provisional report needs the steps as they are now.
  const look = asked.partial
    ? await lookAtRound(ports, session, round, undefined, watch)
    : await lookWhetherRunning(ports, session, round, watch);
  if (look.kind === 'seen') return { observed: look.observed, warnings: [] };
  if (look.kind === 'undecided') return { undecided: look };
  const isByLoad = asked.round === undefined && asked.load !== undefined;
  const earlier = isByLoad ? latestThatRan(session.rounds, asked) : undefined;
  if (earlier === undefined || earlier.round === round.round) refuseWithoutRun(round, look);
  return {
    observed: await observeRound(ports, session, earlier, undefined, watch),
    warnings: [
      `Round ${round.round} (${loadAndSchedule(round)}) has no cluster yet; this is the report of round ${earlier.round}.`,
    ],
  };
}

/** Names the runs in the round's time that no round owns. AWS's silence is said, and does not stop the report. */
async function otherRunWarnings(
  ports: RoundPorts,
  session: Session,
  { round, steps }: ObservedRound,
  watch: Watch,
): Promise<string[]> {
  const untilMs = Math.max(...steps.own.map(({ endedMs, createdMs }) => endedMs ?? createdMs));
  const found = await findRunsBeside(ports, session, round, watch).catch(unlessToolError);
  if (found === undefined) return ['AWS did not say whether other runs belong to no round.'];
  return found
    .filter((run) => run.startedMs < untilMs)
    .map((run) => `A run of no round ran in this round's time, and is not in this report: ${runText(run)}.`);
}

/** @throws ToolError NOT_FOUND for an unmarked cluster, WRONG_STATE for the cluster of another round */
async function observeOwner(
  ports: RoundPorts,
  session: Session,
  asked: RangeRequest,
  clusterId: string,
  watch: Watch,
): Promise<ObservedRound> {
  const { owned, unmarked } = await observeNamed(ports, session, asked, clusterId, watch);
  if (unmarked !== undefined) refuseUnmarked(unmarked);
  const { round } = owned;
  if ((asked.round ?? round.round) === round.round && (asked.schedule ?? round.schedule) === round.schedule)
    return owned;
  const other = asked.round === undefined ? `to ${asked.schedule}` : `to round ${asked.round}`;
  throw new ToolError(
    'WRONG_STATE',
    `${clusterId} belongs to round ${round.round} (${loadAndSchedule(round)}), not ${other}. No report was written.`,
    { next: `call buildReport with round: ${round.round}.` },
  );
}

async function byCluster(
  ports: RoundPorts,
  session: Session,
  clusterId: string,
  asked: RangeRequest,
  watch: Watch,
): Promise<ReportRange> {
  const cluster = await ports.clusters.describe(clusterId, watch);
  const observed = await ports.clusters.steps(clusterId, watch);
  const { configsPrefix } = ports.settings;
  const window = windowByStamps(asked.afterTimestamp, asked.beforeTimestamp, cluster);
  const inWindow = observed.steps.filter(
    (step) => step.createdMs >= window.fromMs && step.createdMs < window.untilMs,
  );
  const schedule = asked.schedule ?? scheduleOfSteps(inWindow, configsPrefix) ?? session.schedule ?? '15m';
  const steps = stepsIn(window, schedule, observed.steps, configsPrefix);
  if (steps.own.length === 0) refuseEmpty(steps, clusterId);
  requireEnded(steps.own, { cluster }, asked);
  const carried = loadOfSteps(steps.own, configsPrefix);
  const round = ownerOfSteps(session, { id: clusterId, steps: observed.steps }, steps.own, configsPrefix);
  const load = carried ?? asked.load ?? round?.load ?? session.level?.load ?? 1;
  const idleSinceMs = idleSince(observed.steps);
  return {
    ...observed,
    ...(idleSinceMs !== undefined && { idleSinceMs }),
    ...(round && { round }),
    cluster,
    schedule,
    load,
    startedAt:
      round?.startedAt ?? wholeStamp(asked.afterTimestamp ?? '') ?? localStamp(cluster.createdMs * 1000),
    steps: steps.own,
    warnings: [
      ...loadWarning(load, asked.load),
      ...foreignWarning(steps.foreign.length),
      ...(carried === undefined && asked.load === undefined
        ? ['The steps do not carry a load; this report uses the load on disk.']
        : []),
    ],
  };
}

/** @throws ToolError WRONG_STATE while steps are active, unless the caller asks for a provisional report */
function requireEnded(
  steps: readonly Step[],
  { cluster, agoMs }: Pick<ObservedRound, 'cluster' | 'agoMs'>,
  { partial }: Pick<RangeRequest, 'partial'>,
): void {
  const active = steps.filter(isActive).length;
  if (active === 0 || partial) return;
  const verb = agoMs === undefined ? 'are' : 'were';
  throw new ToolError(
    'WRONG_STATE',
    `${active} of ${steps.length} steps on ${cluster.id} ${verb} still active${staleText(agoMs)}. No report was written.`,
    {
      next: 'call pollCluster until the round is done, or buildReport with partial: true for a provisional report.',
    },
  );
}

function foreignWarning(count: number): string[] {
  if (count === 0) return [];
  return [
    `${plural(count, 'step')} of another schedule ran on the cluster in the same window; they are not in this report.`,
  ];
}

/** The round whose steps are exactly these: a report by cluster and time is then its report. */
function ownerOfSteps(
  { rounds }: Session,
  cluster: ClusterSteps,
  found: readonly Step[],
  configsPrefix: string,
): Round | undefined {
  return rounds.find((round) => {
    if (round.clusterId !== cluster.id) return false;
    const { own } = stepsOfRound(round, rounds, cluster, configsPrefix);
    return own.length === found.length && own.every((step) => found.includes(step));
  });
}

function loadWarning(load: number, expected: number | undefined): string[] {
  return expected === undefined || expected === load
    ? []
    : [`The steps carry load ${load}x, not ${expected}x; this report uses ${load}x.`];
}
