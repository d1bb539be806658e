import type { Schedule } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import type { Cluster, Step } from '../ports.ts';
import { identifyStep } from '../report/stepIdentity.ts';
import type { Round } from '../state/session.ts';
import { localStamp, parseStamp } from '../state/stamps.ts';
import type { RoundSteps, RoundWindow } from './window.ts';

/** Looked at before AWS is asked for anything. @throws ToolError BAD_INPUT */
export function requireStamps(after: string | undefined, before: string | undefined): void {
  if (after !== undefined) requireStamp('afterTimestamp', after);
  if (before !== undefined) requireStamp('beforeTimestamp', before);
}

/** A window by stamps, as the seed's script took them: half open, the start rounded down to a millisecond. */
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
    `${name} ${JSON.stringify(text)} is not a time with an offset, of a day that there is. No report was written.`,
    {
      next: 'give it as markRound printed it, for example 2025-12-08T15:30:00.123456-05:00.',
    },
  );
}

/** The schedule that most steps carry: for a report by cluster and time, without a round. */
export function scheduleOfSteps(steps: readonly Step[], configsPrefix: string): Schedule | undefined {
  const counts = new Map<Schedule, number>();
  for (const step of steps) {
    const { schedule } = identifyStep(step, configsPrefix);
    if (schedule !== undefined) counts.set(schedule, (counts.get(schedule) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The round that was asked for, and the one that the last step before its window belongs to. */
interface EmptyRound {
  readonly round: Round;
  readonly owner?: Round | undefined;
}

/** @throws ToolError NOT_FOUND that names the steps nearest to an empty window, and whose they are */
export function refuseEmpty(steps: RoundSteps, clusterId: string, about?: EmptyRound): never {
  const owner = about?.owner;
  const whose = owner === undefined ? '' : ` (round ${owner.round}'s, ${owner.load}x ${owner.schedule})`;
  const near = [
    ...(steps.lastBefore === undefined
      ? []
      : [`the last before it was created at ${localStamp(steps.lastBefore.createdMs * 1000)}${whose}`]),
    ...(steps.firstAfter === undefined
      ? []
      : [`the first after it at ${localStamp(steps.firstAfter.createdMs * 1000)}`]),
    ...(steps.foreign.length === 0 ? [] : [`${steps.foreign.length} in it belong to another schedule`]),
  ];
  const what = about === undefined ? 'this round' : `round ${about.round.round}`;
  throw new ToolError(
    'NOT_FOUND',
    `Cluster ${clusterId} has no step of ${what} in its time window${near.length === 0 ? ', nor any other step' : `; ${near.join(', ')}`}. No report was written.`,
    {
      next:
        owner === undefined
          ? 'call markRound with already: true, or with round and at to move the start; or give buildReport afterTimestamp.'
          : `buildReport with round: ${owner.round} for the steps before; ${what} has steps once its DAG run is under way.`,
    },
  );
}

/** `2x_20251207_153000`: load and start, in the offset that the mark was made in. */
export function reportDirectory(load: number, startedAt: string): string {
  const [day = '', time = ''] = startedAt.split(/[T ]/);
  const digits = (/^[\d:]*/.exec(time)?.[0] ?? '').replaceAll(':', '').slice(0, 6).padEnd(6, '0');
  return `${load}x_${day.replaceAll('-', '')}_${digits}`;
}
