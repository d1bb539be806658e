/** A round's progress and end in our own words, and what it warns of. */
import { clean, cleanLine } from '../domain/foreignText.ts';
import { formatDuration, plural, windowName } from '../domain/text.ts';
import type { Cluster, Step } from '../ports/aws.ts';
import type { SeenRun } from './otherRuns.ts';
import { clusterFailure, isActive, isEndedOnRequest, type ProgressCounts } from './progress.ts';
import type { RoundSteps } from './runs.ts';

type Ended = Pick<Cluster, 'state' | 'stateReason'>;

/** How a round that is done ended. */
export function endText(cluster: Ended, counts: ProgressCounts, elapsed: number): string {
  const failure = clusterFailure(cluster);
  const lost = counts.interrupted + counts.cancelled;
  const failed = counts.failed === 0 ? 'none failed' : `${counts.failed} failed`;
  if (failure === undefined && lost === 0)
    return `is done: ${plural(counts.total, 'step')} in ${formatDuration(elapsed)}, ${failed}.`;
  const how =
    failure === undefined ? 'before all of its steps ran' : `early: the cluster failed (${failure})`;
  const others = (['failed', 'interrupted', 'cancelled'] as const).flatMap((state) =>
    counts[state] === 0 ? [] : `, ${counts[state]} ${state}`,
  );
  return `ended ${how}; ${counts.completed} of ${plural(counts.total, 'step')} completed in ${formatDuration(elapsed)}${others.join('')}.`;
}

/** EMR's reason for the cluster's state; the normal end of a complete round has a plain one. */
export function reasonText(
  { cluster, done }: { cluster: Ended; done: boolean },
  counts: ProgressCounts,
): string | undefined {
  if (cluster.stateReason === undefined) return undefined;
  const isComplete = done && counts.interrupted + counts.cancelled === 0;
  return isComplete && isEndedOnRequest(cluster)
    ? 'terminated on request, as the DAG does after its last step'
    : clean(cluster.stateReason, 200);
}

/** A state of EMR in lower case. */
export function stateText(state: string): string {
  return clean(state, 40).toLowerCase().replaceAll('_', ' ');
}

const namesShown = 10;

/** The names of the steps that failed so far, at most ten. */
export function failedNames(steps: readonly Step[]): string[] {
  const failed = steps.filter(({ state }) => state === 'FAILED').map(({ name }) => cleanLine(name, 100));
  const more = failed.length - namesShown;
  return more > 0 ? [...failed.slice(0, namesShown), `and ${more} more`] : failed;
}

/** Steps that must have failed alike, with no other ended yet, before it is worth a warning. */
const alikeFrom = 3;

/** How many steps failed, if all that ended so far failed with the same words of EMR; undefined otherwise. */
function allFailAlike(steps: readonly Step[]): number | undefined {
  const ended = steps.filter((step) => !isActive(step));
  if (ended.length < alikeFrom || ended.some(({ state }) => state !== 'FAILED')) return undefined;
  const words = new Set(ended.map(({ failure }) => failure?.reason ?? failure?.message ?? ''));
  return words.size === 1 ? ended.length : undefined;
}

export interface Progress {
  readonly windowSeconds: number;
  /** The load that runs, and the one that was asked for. */
  readonly load: number;
  readonly markedLoad: number;
  readonly steps: RoundSteps;
  readonly elapsedSeconds: number;
  readonly done: boolean;
  readonly knownFromDiskOnly: number;
  /** Other runs that were seen; undefined if AWS did not answer. */
  readonly otherRuns: readonly SeenRun[] | undefined;
}

export function progressWarnings(progress: Progress): string[] {
  const { windowSeconds, load, markedLoad, steps, elapsedSeconds, done, knownFromDiskOnly, otherRuns } =
    progress;
  const { own, foreign } = steps;
  const left = own.filter(isActive).length;
  const alike = done ? undefined : allFailAlike(own);
  return [
    load !== markedLoad &&
      `Runs at ${load}x, not at ${markedLoad}x, by the names of its ${own.length === 0 ? 'cluster' : 'steps'}: either Airflow had not read the new DAG when it was triggered, or this is another run. The load that runs counts.`,
    alike !== undefined &&
      `All ${alike} steps that ended so far failed with the same reason: more of this run may not be worth its cost.`,
    left > 0 &&
      elapsedSeconds > windowSeconds &&
      `The ${windowName(windowSeconds)} window has passed with ${plural(left, 'step')} to go: this round does not fit.`,
    foreign.length > 0 &&
      `${plural(foreign.length, 'step')} of another schedule ran on the cluster in the same window; they are not counted.`,
    knownFromDiskOnly > 0 &&
      `${plural(knownFromDiskOnly, 'step')} are known only from earlier calls: EMR lists the newest 1,000.`,
    otherRuns === undefined && 'AWS did not say whether other runs belong to no round.',
    ...atTheSameTime(own, otherRuns ?? []),
  ].filter((text) => text !== false);
}

/** Two runs at once share the tables that they read. */
function atTheSameTime(own: readonly Step[], others: readonly SeenRun[]): string[] {
  const fromMs = Math.min(...own.map(({ createdMs }) => createdMs));
  const untilMs = Math.max(...own.map(({ endedMs, createdMs }) => endedMs ?? createdMs));
  return others
    .filter((run) => run.steps > 0 && run.startedMs < untilMs && run.lastMs > fromMs)
    .map(
      ({ clusterId }) =>
        `The run on ${clusterId} ran at the same time: two runs at once distort each other's measurements.`,
    );
}
