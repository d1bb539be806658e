import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import { identifyStep } from '../domain/stepIdentity.ts';
import { localStamp, parseStamp } from '../domain/time.ts';
import type { Cluster, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import type { RoundSteps, RoundWindow } from './window.ts';

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

/** The schedule of most steps, for a report by cluster and time without a round. */
export function scheduleOfSteps(steps: readonly Step[], configsPrefix: string): Schedule | undefined {
  const counts = new Map<Schedule, number>();
  for (const step of steps) {
    const { schedule } = identifyStep(step, configsPrefix);
    if (schedule !== undefined) counts.set(schedule, (counts.get(schedule) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The requested round, and the round of the last step before its window. */
interface EmptyRound {
  readonly round: Round;
  readonly owner?: Round | undefined;
}

/** @throws ToolError NOT_FOUND with the steps nearest to the empty window and their round */
export function refuseEmpty(steps: RoundSteps, clusterId: string, about?: EmptyRound): never {
  const owner = about?.owner;
  const whose = owner === undefined ? '' : ` (round ${owner.round}, ${owner.load}x ${owner.schedule})`;
  const near = [
    ...(steps.lastBefore === undefined
      ? []
      : [`the last one before was created at ${localStamp(steps.lastBefore.createdMs * 1000)}${whose}`]),
    ...(steps.firstAfter === undefined
      ? []
      : [`the first one after at ${localStamp(steps.firstAfter.createdMs * 1000)}`]),
    ...(steps.foreign.length === 0
      ? []
      : [`${steps.foreign.length} in the window belong to another schedule`]),
  ];
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
