/** What pollCluster says. */

import * as z from 'zod';
import { clean } from '../domain/foreignText.ts';
import { formatDuration, plural } from '../domain/text.ts';
import { localStamp } from '../domain/time.ts';
import {
  clusterFailure,
  isActive,
  isEndedOnRequest,
  isEnding,
  type ProgressCounts,
} from '../rounds/progress.ts';
import { type LaterRun, loadAndSchedule, type UnmarkedCluster, whereIs } from '../workflow/namedClusters.ts';
import type { ObservedRound } from '../workflow/rounds.ts';
import { rerun, type Wording } from './text.ts';
import { loadOutput, result, scheduleInput } from './tool.ts';

/** The result of pollCluster. */
export const pollClusterResult = z.object({
  ...result,
  clusterId: z.string(),
  clusterFrom: z.enum(['given', 'round', 'found', 'carried']),
  round: z.int(),
  load: loadOutput,
  schedule: scheduleInput,
  state: z.string(),
  stateReason: z.string().optional(),
  steps: z.object({
    total: z.int(),
    pending: z.int(),
    running: z.int(),
    completed: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    interrupted: z.int(),
  }),
  done: z.boolean(),
  elapsedSeconds: z.int(),
  etaSeconds: z.int().optional(),
  pollAfterSeconds: z.int(),
  warnings: z.array(z.string()),
});

/** Seconds between two calls. */
export const pollAfterSeconds = 15;

export function progressSummary(observed: ObservedRound, counts: ProgressCounts, elapsed: number): string {
  const { round, load, cluster, done } = observed;
  const what = `Round ${round.round} (${load}x ${round.schedule}) on ${cluster.id}`;
  if (done) return `${what} ${endOf(observed, counts, elapsed)}`;
  if (counts.total === 0)
    return isEnding(cluster)
      ? `${what} will have no steps: the cluster is ${stateText(cluster.state)}.`
      : `${what} has no steps yet; the cluster is ${stateText(cluster.state)}.`;
  const ended = counts.total - counts.pending - counts.running;
  return `${what} is running: ${ended} of ${counts.total} steps ended, ${counts.running} running, ${counts.pending} waiting.`;
}

function endOf({ cluster }: ObservedRound, counts: ProgressCounts, elapsed: number): string {
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
export function reasonText({ cluster, done }: ObservedRound, counts: ProgressCounts): string | undefined {
  if (cluster.stateReason === undefined) return undefined;
  const isComplete = done && counts.interrupted + counts.cancelled === 0;
  return isComplete && isEndedOnRequest(cluster)
    ? 'terminated on request, as the DAG does after its last step'
    : clean(cluster.stateReason, 200);
}

function stateText(state: string): string {
  return clean(state, 40).toLowerCase().replaceAll('_', ' ');
}

const again = `Call pollCluster again in ${pollAfterSeconds} seconds.`;

export function pollNextSteps({ round, done, steps, cluster }: ObservedRound, isLatest: boolean): string[] {
  const which = isLatest ? '' : ` with round: ${round.round}`;
  if (done && clusterFailure(cluster) !== undefined)
    return [
      `Call buildReport${which} to keep what is known of this round; stateReason says why the cluster ended.`,
      `Ask the user to fix the cause, then ${rerun(round.load)}`,
    ];
  if (done) return [`Call buildReport${which} to write the report of this round.`];
  if (steps.own.length === 0 && isEnding(cluster))
    return [
      'Ask the user to check the DAG run in Airflow: the cluster ended without a step (stateReason says why).',
      'Call markRound, then ask the user to trigger the DAG again.',
    ];
  if (steps.own.length === 0) return [again];
  const partial = isLatest ? 'partial: true' : `round: ${round.round} and partial: true`;
  return [again, `Call buildReport with ${partial} for a provisional report meanwhile.`];
}

export function warningsOf({ round, load, steps, clusterFrom, knownFromDiskOnly }: ObservedRound): string[] {
  return [
    ...(load === round.load
      ? []
      : [`The round was marked as ${round.load}x, but its steps carry load ${load}x, which is used here.`]),
    ...(steps.foreign.length === 0
      ? []
      : [
          `${steps.foreign.length} steps of another schedule ran on the cluster in the same window; they are not counted.`,
        ]),
    ...(clusterFrom === 'given' && steps.own.length === 0
      ? ['The cluster has no step of this round, so it was not bound to the round.']
      : []),
    ...(knownFromDiskOnly === 0
      ? []
      : [`${knownFromDiskOnly} steps are known only from earlier calls: EMR lists the newest 1,000.`]),
  ];
}

interface Answer {
  readonly summary: string;
  readonly nextSteps: string[];
}

/** The answer about a finished round, with a hint at a newer unmarked run. */
export function laterRunAnswer({ summary, nextSteps }: Answer, later: LaterRun | undefined): Answer {
  if (later === undefined) return { summary, nextSteps };
  return {
    summary: `${summary} A newer run on ${later.clusterId} belongs to no round.`,
    nextSteps: [`Call ${later.markCall} to mark a round for the newer run, then pollCluster.`, ...nextSteps],
  };
}

export function unmarkedClusterAnswer({ cluster, steps, round, markCall }: UnmarkedCluster): Answer {
  const ended = steps.filter((step) => !isActive(step)).length;
  const seen =
    steps.length === 0 ? 'it has no step yet' : `${ended} of ${plural(steps.length, 'step')} ended`;
  return {
    summary: `${cluster.id} (${stateText(cluster.state)}) belongs to no round; ${seen}. Round ${round.round} (${loadAndSchedule(round)}) ${whereIs(round)}.`,
    nextSteps: [
      markCall === undefined
        ? `Call buildReport with clusterId: ${cluster.id} and afterTimestamp: ${localStamp(cluster.createdMs * 1000)} for a report without a round.`
        : `Call ${markCall} to mark a round for this run, then pollCluster.`,
    ],
  };
}

/** A progress notification while the call waits. */
export function progressText(total: number, counts: ProgressCounts): string {
  const ended = total - counts.pending - counts.running;
  return total === 0
    ? 'waiting for the first step'
    : `${ended} of ${total} steps ended, ${counts.running} running, ${counts.failed} failed`;
}

export const pollClusterLines: Wording<z.output<typeof pollClusterResult>> = {
  // The next step says it.
  pollAfterSeconds: () => [],
  elapsedSeconds: (seconds) => [`Elapsed: ${formatDuration(seconds)}`],
  etaSeconds: (seconds) => [`Time left at the current rate: about ${formatDuration(seconds)}`],
};
