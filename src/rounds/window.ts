import { identifyStep } from '../domain/stepIdentity.ts';
import { parseStamp } from '../domain/time.ts';
import type { Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';

/** The window of a round: half open, in milliseconds since the epoch. */
export interface RoundWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * From the round's start until the next round of the same schedule or on the same cluster starts. An abandoned round
 * still ends the one before it.
 */
export function windowOf(round: Round, rounds: readonly Round[]): RoundWindow {
  const fromMs = startMs(round);
  const later = rounds
    .filter((other) => other.round !== round.round && startMs(other) > fromMs)
    .filter((other) => other.schedule === round.schedule || sameCluster(other, round))
    .map(startMs);
  return { fromMs, untilMs: Math.min(Number.POSITIVE_INFINITY, ...later) };
}

function sameCluster(one: Round, other: Round): boolean {
  return one.clusterId !== undefined && one.clusterId === other.clusterId;
}

/** Milliseconds since the epoch; 0 for a stamp that does not parse, which only a damaged journal contains. */
export function startMs(round: Pick<Round, 'startedAt'>): number {
  return parseStamp(round.startedAt) ?? 0;
}

export interface RoundSteps {
  /** Created in the window, oldest first. */
  readonly own: readonly Step[];
  /** Created in the window, of another schedule: other work on the same cluster. */
  readonly foreign: readonly Step[];
  /** The steps just outside the window, to name when nothing is inside. */
  readonly lastBefore?: Step;
  readonly firstAfter?: Step;
}

/** Which of a cluster's steps (oldest first) belong to a round of a schedule in a window. */
export function stepsIn(
  window: RoundWindow,
  schedule: string,
  steps: readonly Step[],
  configsPrefix: string,
): RoundSteps {
  const inside = steps.filter((step) => step.createdMs >= window.fromMs && step.createdMs < window.untilMs);
  const isOwn = (step: Step): boolean =>
    (identifyStep(step, configsPrefix).schedule ?? schedule) === schedule;
  const lastBefore = steps.findLast((step) => step.createdMs < window.fromMs);
  const firstAfter = steps.find((step) => step.createdMs >= window.untilMs);
  return {
    own: inside.filter(isOwn),
    foreign: inside.filter((step) => !isOwn(step)),
    ...(lastBefore === undefined ? {} : { lastBefore }),
    ...(firstAfter === undefined ? {} : { firstAfter }),
  };
}

/** The load in the steps' arguments and names, which takes precedence over the session; undefined if they differ. */
export function loadOfSteps(steps: readonly Step[], configsPrefix: string): number | undefined {
  const loads = new Set(steps.flatMap((step) => identifyStep(step, configsPrefix).load ?? []));
  const [load] = loads;
  return loads.size === 1 ? load : undefined;
}
