/** What pollCluster says. */

import * as z from 'zod';
import { clean } from '../domain/foreignText.ts';
import { periodSeconds } from '../domain/schedules.ts';
import { formatDuration, plural } from '../domain/text.ts';
import { localStamp } from '../domain/time.ts';
import { chooseRound } from '../rounds/choice.ts';
import type { SeenRun } from '../rounds/otherRuns.ts';
import {
  clusterFailure,
  countProgress,
  elapsedSeconds,
  etaSeconds,
  isActive,
  isEnding,
  type ProgressCounts,
  pauseSeconds,
} from '../rounds/progress.ts';
import { endText, failedNames, progressWarnings, reasonText, stateText } from '../rounds/warnings.ts';
import type { Session } from '../state/session.ts';
import { candidateText, type NoRun, ofName } from '../workflow/clusters.ts';
import { type ObservedRound, type StillUp, type UndecidedRound, undecidedText } from '../workflow/looks.ts';
import { loadAndSchedule, type UnmarkedCluster, whereIs } from '../workflow/namedClusters.ts';
import { otherRunFields, possibleRunFields } from '../workflow/otherRuns.ts';
import { otherRunLines, possibleRunLines, rerun, stillUpLines, type Wording } from './text.ts';
import { listOf, loadOutput, otherRun, possibleRun, result, rowsOf, scheduleInput, stillUp } from './tool.ts';

const counted = {
  total: z.int(),
  pending: z.int(),
  running: z.int(),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  interrupted: z.int(),
};

/** The result of pollCluster. */
export const pollClusterResult = z.object({
  ...result,
  status: z.enum(['running', 'done', 'ended_without_steps', 'no_run_yet', 'no_round', 'needs_decision']),
  clusterId: z.string().optional(),
  clusterFrom: z.enum(['given', 'round', 'found', 'carried']).optional(),
  round: z.int(),
  load: loadOutput,
  schedule: scheduleInput,
  state: z.string().optional(),
  stateReason: z.string().optional(),
  steps: z.object(counted),
  done: z.boolean(),
  elapsedSeconds: z.int(),
  etaSeconds: z.int().optional(),
  pollAfterSeconds: z.int(),
  /** How many of the uploaded checks the run was given (`conf.only`); absent for a run of all of them. */
  partOf: z.object({ checks: z.int(), of: z.int() }).optional(),
  failed: rowsOf(z.string()),
  possibleRuns: listOf(possibleRun),
  otherRuns: rowsOf(otherRun),
  stillUp: stillUp.optional(),
  warnings: rowsOf(z.string()),
});

type Output = z.input<typeof pollClusterResult>;

/** Seconds until the next call where a person has to act first. */
const waitingForUserSeconds = 30;
/** From here on a background shell is worth its start. */
const longWaitSeconds = 600;

const nothingSeen = {
  steps: countProgress([]),
  done: false,
  elapsedSeconds: 0,
} satisfies Partial<Output>;

/** What a result about a run says besides the run itself. */
interface Beside {
  readonly session: Session;
  /** undefined if AWS did not answer. */
  readonly otherRuns: readonly SeenRun[] | undefined;
  readonly stillUp: StillUp | undefined;
  /** How long the round may take. */
  readonly windowSeconds: number;
}

/** The answer about a round whose run was seen. */
export function progressOutput(observed: ObservedRound, beside: Beside): Output {
  const { session, otherRuns, stillUp, windowSeconds } = beside;
  const { round, cluster, steps, done, observedMs, load } = observed;
  const counts = countProgress(steps.own);
  const elapsed = elapsedSeconds(steps.own, observedMs);
  const eta = done ? undefined : etaSeconds(steps.own, observedMs);
  const isLatest = chooseRound(session.rounds, {})?.round === round.round;
  const isOver = steps.own.length === 0 && isEnding(cluster);
  const other = otherRuns?.at(-1);
  const next = pollNextSteps(observed, isLatest, eta);
  return {
    summary: `${progressSummary(observed, counts, elapsed)}${otherText(otherRuns ?? [])}`,
    nextSteps: (other === undefined || !done ? next : [markIt(other), ...next]).slice(0, 3),
    status: done ? 'done' : isOver ? 'ended_without_steps' : 'running',
    clusterId: cluster.id,
    clusterFrom: observed.clusterFrom,
    round: round.round,
    load,
    schedule: round.schedule,
    state: clean(cluster.state, 40),
    stateReason: reasonText(observed, counts),
    steps: counts,
    ...(observed.partOf && { partOf: observed.partOf }),
    done,
    elapsedSeconds: elapsed,
    etaSeconds: eta,
    pollAfterSeconds: done || isOver ? 0 : pauseSeconds(steps.own, eta),
    failed: failedNames(steps.own),
    otherRuns: (otherRuns ?? []).slice(-5).map(otherRunFields),
    stillUp,
    warnings: [
      ...progressWarnings({ ...observed, windowSeconds, elapsedSeconds: elapsed, otherRuns }),
      ...(observed.clusterFrom === 'given' && counts.total === 0 ? [notBound] : []),
    ],
  };
}

const notBound = 'The cluster has no step of this round, so it was not bound to the round.';

function otherText(others: readonly SeenRun[]): string {
  const [one] = others;
  if (one === undefined) return '';
  return others.length === 1
    ? ` Another run on ${one.clusterId} belongs to no round.`
    : ` ${others.length} other runs belong to no round.`;
}

function markIt({ clusterId }: SeenRun): string {
  return `Ask the user whether the run on ${clusterId} counts; if it does, call markRound with clusterId: ${clusterId}.`;
}

function notLookedFor(otherRuns: readonly SeenRun[] | undefined): string[] {
  return otherRuns === undefined ? ['AWS did not say whether other runs belong to no round.'] : [];
}

/** The answer while nothing was triggered, as far as AWS shows. */
export function noRunOutput(
  { round, namePrefix, candidates }: NoRun & Pick<ObservedRound, 'round'>,
  otherRuns: readonly SeenRun[] | undefined,
): Output {
  const before = otherRuns?.at(-1);
  return {
    summary: `Round ${round.round} (${loadAndSchedule(round)}) has no run yet: no cluster ${ofName(namePrefix)} was created since it started (${round.startedAt}), and no earlier cluster has steps since then.${otherText(otherRuns ?? [])}`,
    nextSteps: [
      ...(before === undefined
        ? []
        : [
            `If the run on ${before.clusterId} is this round's, call markRound with clusterId: ${before.clusterId}.`,
          ]),
      'If the DAG was not triggered yet, ask the user to trigger it, then call pollCluster again; or give clusterId.',
      `If the DAG ran before the mark, call markRound with schedule: ${round.schedule} and already: true.`,
    ],
    status: 'no_run_yet',
    round: round.round,
    load: round.load,
    schedule: round.schedule,
    ...nothingSeen,
    pollAfterSeconds: waitingForUserSeconds,
    otherRuns: (otherRuns ?? []).slice(-5).map(otherRunFields),
    warnings: [
      ...(candidates.length === 0
        ? []
        : [`Created since then under other names: ${candidates.slice(0, 5).map(candidateText).join(', ')}.`]),
      ...notLookedFor(otherRuns),
    ],
  };
}

/** The question which of several runs is the round's. */
export function undecidedOutput(
  undecided: UndecidedRound,
  otherRuns: readonly SeenRun[] | undefined,
): Output {
  const { round, runs } = undecided;
  const isPossible = ({ clusterId }: SeenRun) => runs.some((run) => run.clusterId === clusterId);
  return {
    summary: `${undecidedText(undecided)} Nothing was changed.`,
    nextSteps: [
      'Ask the user which run counts, then call markRound with its clusterId.',
      "If several count, call markRound again with each other one's clusterId: each becomes a round.",
    ],
    status: 'needs_decision',
    round: round.round,
    load: round.load,
    schedule: round.schedule,
    ...nothingSeen,
    pollAfterSeconds: 0,
    possibleRuns: runs.map(possibleRunFields),
    otherRuns: (otherRuns ?? []).filter((run) => !isPossible(run)).map(otherRunFields),
    warnings: notLookedFor(otherRuns),
  };
}

function progressSummary(observed: ObservedRound, counts: ProgressCounts, elapsed: number): string {
  const { round, load, cluster, done, partOf } = observed;
  const part = partOf && ` (a partial round: ${partOf.checks} of ${partOf.of} checks)`;
  const what = `Round ${round.round} (${load}x ${round.schedule}) on ${cluster.id}${part ?? ''}`;
  if (done) return `${what} ${endText(cluster, counts, elapsed)}`;
  if (counts.total === 0)
    return isEnding(cluster)
      ? `${what} will have no steps: the cluster is ${stateText(cluster.state)}.`
      : `${what} has no steps yet; the cluster is ${stateText(cluster.state)}.`;
  const ended = counts.total - counts.pending - counts.running;
  return `${what} is running: ${ended} of ${counts.total} steps ended, ${counts.running} running, ${counts.pending} waiting.`;
}

function pollNextSteps(observed: ObservedRound, isLatest: boolean, eta: number | undefined): string[] {
  const { round, done, steps, cluster, load } = observed;
  const which = isLatest ? '' : ` with round: ${round.round}`;
  if (done && clusterFailure(cluster) !== undefined)
    return [
      `Call buildReport${which} to keep what is known of this round; stateReason says why the cluster ended.`,
      `Ask the user to fix the cause, then ${rerun(load)}`,
    ];
  if (done) return [`Call buildReport${which} to write the report of this round.`];
  if (steps.own.length === 0 && isEnding(cluster))
    return [
      'Ask the user to check the DAG run in Airflow: the cluster ended without a step (stateReason says why).',
      'Call markRound, then ask the user to trigger the DAG again.',
    ];
  const again = `Call pollCluster again in ${pauseSeconds(steps.own, eta)} seconds.`;
  const stop =
    load === observed.markedLoad
      ? []
      : [
          `Ask the user whether to stop this run in Airflow and trigger the DAG again for ${observed.markedLoad}x.`,
        ];
  const partial = isLatest ? 'partial: true' : `round: ${round.round} and partial: true`;
  const meanwhile =
    steps.own.length === 0 ? [] : [`Call buildReport with ${partial} for a provisional report meanwhile.`];
  return [...stop, again, ...background(observed, eta), ...meanwhile];
}

/** A round of hours is cheaper to wait for in a background shell. */
function background({ round }: ObservedRound, eta: number | undefined): string[] {
  const isLong = eta === undefined ? periodSeconds[round.schedule] > 900 : eta > longWaitSeconds;
  if (!isLong) return [];
  return [
    `Or, instead of pollCluster, run \`audit-load-test wait --schedule ${round.schedule}\` in a background shell: it ends when the round is done.`,
  ];
}

/** A named cluster without a round. */
export function unmarkedOutput({ cluster, steps, round, markCall, observedMs }: UnmarkedCluster): Output {
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
    status: 'no_round',
    clusterId: cluster.id,
    clusterFrom: 'given',
    round: round.round,
    load: round.load,
    schedule: round.schedule,
    state: clean(cluster.state, 40),
    stateReason: cluster.stateReason === undefined ? undefined : clean(cluster.stateReason, 200),
    ...nothingSeen,
    pollAfterSeconds: pauseSeconds(steps, etaSeconds(steps, observedMs)),
    warnings: [notBound],
  };
}

/** A progress notification while the call waits. */
export function progressText(steps: ObservedRound['steps']['own']): { ended: number; text: string } {
  const counts = countProgress(steps);
  const ended = counts.total - counts.pending - counts.running;
  const text =
    counts.total === 0
      ? 'waiting for the first step'
      : `${ended} of ${counts.total} steps ended, ${counts.running} running, ${counts.failed} failed`;
  return { ended, text };
}

export const pollClusterLines: Wording<Output> = {
  // The next step says it.
  pollAfterSeconds: () => [],
  elapsedSeconds: (seconds) => [`Elapsed: ${formatDuration(seconds)}`],
  etaSeconds: (seconds) => [`Time left at the current rate: about ${formatDuration(seconds)}`],
  failed: (names) => [`Failed: ${names.join(', ')}`],
  possibleRuns: possibleRunLines,
  otherRuns: otherRunLines,
  partOf: () => [],
  stillUp: stillUpLines,
};
