/** When a round's steps were created, which of a cluster's steps are its own, and the window of a report. */
import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import { identifyStep } from '../domain/stepIdentity.ts';
import { localStamp, parseStamp } from '../domain/time.ts';
import type { Cluster, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';

/** The window of a round: half open, in milliseconds since the epoch. */
export interface RoundWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * From the round's start until the next round starts that may be on the same cluster: one on it, or one of the schedule that
 * has no cluster yet. A round without a cluster ends with the next one of its schedule. An abandoned round still ends
 * the one before it.
 */
export function windowOf(round: Round, rounds: readonly Round[]): RoundWindow {
  const fromMs = startMs(round);
  const later = rounds
    .filter((other) => other.round !== round.round && startMs(other) > fromMs)
    .filter(
      (other) => sameCluster(other, round) || (other.schedule === round.schedule && !areApart(other, round)),
    )
    .map(startMs);
  return { fromMs, untilMs: Math.min(Number.POSITIVE_INFINITY, ...later) };
}

function sameCluster(one: Round, other: Round): boolean {
  return one.clusterId !== undefined && one.clusterId === other.clusterId;
}

/** On two clusters: neither ends the other's window, however their runs overlap. */
function areApart(one: Round, other: Round): boolean {
  return one.clusterId !== undefined && other.clusterId !== undefined && one.clusterId !== other.clusterId;
}

/** Milliseconds since the epoch; 0 for a stamp that does not parse, which only a damaged journal contains. */
export function startMs(round: Pick<Round, 'startedAt'>): number {
  return parseStamp(round.startedAt) ?? 0;
}

export interface WindowSteps {
  /** Created in the window, oldest first. */
  readonly own: readonly Step[];
  /** Created in the window, of another schedule: other work on the same cluster. */
  readonly foreign: readonly Step[];
  /** The steps just outside the window, to name when nothing is inside. */
  readonly lastBefore?: Step;
  readonly firstAfter?: Step;
}

/** Which of a cluster's steps (oldest first) belong to a schedule in a window. */
export function stepsIn(
  window: RoundWindow,
  schedule: string,
  steps: readonly Step[],
  configsPrefix: string,
): WindowSteps {
  const inside = steps.filter((step) => step.createdMs >= window.fromMs && step.createdMs < window.untilMs);
  const isOwn = (step: Step): boolean =>
    (identifyStep(step, configsPrefix).schedule ?? schedule) === schedule;
  const lastBefore = steps.findLast((step) => step.createdMs < window.fromMs);
  const firstAfter = steps.find((step) => step.createdMs >= window.untilMs);
  return {
    own: inside.filter(isOwn),
    foreign: inside.filter((step) => !isOwn(step)),
    ...(lastBefore && { lastBefore }),
    ...(firstAfter && { firstAfter }),
  };
}

/** The load in the steps' arguments and names, which takes precedence over the session; undefined if they differ. */
export function loadOfSteps(steps: readonly Step[], configsPrefix: string): number | undefined {
  const loads = new Set(steps.flatMap((step) => identifyStep(step, configsPrefix).load ?? []));
  const [load] = loads;
  return loads.size === 1 ? load : undefined;
}

/** The schedule of most steps, for a report by cluster and time without a round. */
export function scheduleOfSteps(steps: readonly Step[], configsPrefix: string): Schedule | undefined {
  const counts = new Map<Schedule, number>();
  for (const step of steps) {
    const { schedule } = identifyStep(step, configsPrefix);
    if (schedule !== undefined) counts.set(schedule, (counts.get(schedule) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Checked before any call to AWS. @throws ToolError BAD_INPUT */
export function requireStamps(after: string | undefined, before: string | undefined): void {
  if (after !== undefined) requireStamp('afterTimestamp', after);
  if (before !== undefined) requireStamp('beforeTimestamp', before);
}

/** A half-open window between two stamps, the start rounded down to a millisecond. */
export function windowByStamps(
  after: string | undefined,
  before: string | undefined,
  cluster: Cluster,
): RoundWindow {
  return {
    fromMs: after === undefined ? cluster.createdMs : requireStamp('afterTimestamp', after),
    untilMs: before === undefined ? Number.POSITIVE_INFINITY : requireStamp('beforeTimestamp', before),
  };
}

function requireStamp(name: string, text: string): number {
  const ms = parseStamp(text);
  if (ms !== undefined) return ms;
  throw new ToolError(
    'BAD_INPUT',
    `${name} ${JSON.stringify(text)} is not a valid date and time with a UTC offset. No report was written.`,
    {
      next: 'use the format that markRound prints, for example 2025-12-08T15:30:00.123456-05:00.',
    },
  );
}

/** The requested round, and the round of the last step before its window. */
interface EmptyRound {
  readonly round: Round;
  readonly owner?: Round | undefined;
}

/** @throws ToolError NOT_FOUND with the steps nearest to the empty window and their round */
export function refuseEmpty(steps: WindowSteps, clusterId: string, about?: EmptyRound): never {
  const owner = about?.owner;
  const whose = owner === undefined ? '' : ` (round ${owner.round}, ${owner.load}x ${owner.schedule})`;
  const at = ({ createdMs }: Step) => localStamp(createdMs * 1000);
  const near = [
    steps.lastBefore && `the last one before was created at ${at(steps.lastBefore)}${whose}`,
    steps.firstAfter && `the first one after at ${at(steps.firstAfter)}`,
    steps.foreign.length > 0 && `${steps.foreign.length} in the window belong to another schedule`,
  ].filter((text) => typeof text === 'string');
  const what = about === undefined ? 'this round' : `round ${about.round.round}`;
  throw new ToolError(
    'NOT_FOUND',
    `Cluster ${clusterId} has no step of ${what} in its window${near.length === 0 ? ', nor any other step' : `; ${near.join(', ')}`}. No report was written.`,
    {
      next:
        owner === undefined
          ? 'call markRound with already: true, or with round and at to move the start; or call buildReport with afterTimestamp.'
          : `call buildReport with round: ${owner.round} for the earlier steps; ${what} gets steps once its DAG run is under way.`,
    },
  );
}

/** `2x_20251207_153000`: load and start, in the mark's own offset. */
export function reportDirectory(load: number, startedAt: string): string {
  const [day = '', time = ''] = startedAt.split(/[T ]/);
  const digits = (/^[\d:]*/.exec(time)?.[0] ?? '').replaceAll(':', '').slice(0, 6).padEnd(6, '0');
  return `${load}x_${day.replaceAll('-', '')}_${digits}`;
}
