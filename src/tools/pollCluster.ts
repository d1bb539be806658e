import * as z from 'zod';
import type { Schedule } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import { observeNamed, runAfter, type UnmarkedCluster } from '../facts/namedClusters.ts';
import { type ObservedRound, observeRound, requireRound } from '../facts/rounds.ts';
import { clean } from '../foreignText.ts';
import type { Ports, Watch } from '../ports.ts';
import { formatDuration } from '../report/durations.ts';
import { chooseRound } from '../rounds/choice.ts';
import { clusterFailure, isEndedOnRequest } from '../rounds/clusterEnd.ts';
import { countSteps, elapsedSeconds, etaSeconds, isEnding } from '../rounds/progress.ts';
import type { Round, Session } from '../state/session.ts';
import { clusterIdInput, defineTool, loadOutput, result, scheduleInput, type ToolCall } from './tool.ts';
import { laterRunAnswer, unmarkedClusterAnswer } from './words/rounds.ts';
import { sameLoadAgain } from './words/sameLoad.ts';
import { count, textOf } from './words/text.ts';

type Wanted = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock'>;

/** Seconds between two looks within one call: soon at first, then at a pace that EMR's quota bears. */
const firstLookSeconds = 2;
const slowestLookSeconds = 15;

/** Between two calls. */
const pollAfterSeconds = 15;

export const pollCluster = defineTool({
  name: 'pollCluster',
  title: 'Look at the running round',
  description:
    "Says how far the latest round is: its cluster's state and its steps, counted by state. Waits up to waitSeconds for the round to be done, then answers with what is known; call it again after pollAfterSeconds until done is true. Ending the call does not touch the cluster. clusterId only when the person names one.",
  effect: 'read',
  idempotent: true,
  openWorld: true,
  input: z.strictObject({
    clusterId: clusterIdInput.optional(),
    schedule: scheduleInput.optional(),
    waitSeconds: z.int().min(0).max(50).default(45),
  }),
  output: z.object({
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
  }),
  async run(input, ports: Wanted, call) {
    const session = await ports.sessions.load();
    const wanted = requireRound(session, { schedule: input.schedule });
    const { observed, unmarked } = await lookUntilDone(ports, wanted, input, call);
    const { round, cluster, steps } = observed;
    const later =
      observed.done && input.clusterId === undefined ? await runAfter(ports, observed, call) : undefined;
    const isLatest = chooseRound(session.rounds, {})?.round === round.round;
    const counts = countSteps(steps.own);
    const eta = observed.done ? undefined : etaSeconds(steps.own, observed.observedMs);
    const elapsed = elapsedSeconds(steps.own, observed.observedMs);
    const told = {
      summary: summaryOf(observed, counts, elapsed),
      nextSteps: nextStepsOf(observed, isLatest),
    };
    return {
      ...(unmarked === undefined ? laterRunAnswer(told, later) : unmarkedClusterAnswer(unmarked)),
      clusterId: cluster.id,
      clusterFrom: observed.clusterFrom,
      round: round.round,
      load: observed.load,
      schedule: round.schedule,
      state: clean(cluster.state, 40),
      ...reasonOf(observed, counts),
      steps: counts,
      done: observed.done,
      elapsedSeconds: elapsed,
      ...(eta === undefined ? {} : { etaSeconds: eta }),
      pollAfterSeconds: observed.done ? 0 : pollAfterSeconds,
      warnings: warningsOf(observed),
    };
  },
  render: (output) =>
    textOf(output, {
      // The next step says it.
      pollAfterSeconds: () => [],
      elapsedSeconds: (seconds) => [`Elapsed: ${formatDuration(seconds)}`],
      etaSeconds: (seconds) => [`Left, by the rate so far: about ${formatDuration(seconds)}`],
    }),
});

interface Asked {
  readonly clusterId?: string | undefined;
  readonly schedule?: Schedule | undefined;
  readonly waitSeconds: number;
}

/** A cluster of no round serves this one answer: nothing of it is the round's. */
interface Look {
  readonly observed: ObservedRound;
  readonly unmarked?: UnmarkedCluster;
}

async function lookAtNamed(
  ports: Wanted,
  session: Session,
  schedule: Schedule | undefined,
  clusterId: string,
  watch: Watch,
): Promise<Look> {
  const { owned, unmarked } = await observeNamed(ports, session, { schedule }, clusterId, watch);
  if (owned !== undefined) return { observed: owned };
  const { round, cluster, observedMs } = unmarked;
  return {
    unmarked,
    observed: {
      round,
      cluster,
      clusterFrom: 'given',
      steps: { own: [], foreign: [] },
      knownFromDiskOnly: 0,
      observedMs,
      done: false,
      load: round.load,
    },
  };
}

/** Looks again, ever more slowly, until the round is done or the time is up. A cluster may yet appear. */
async function lookUntilDone(
  ports: Wanted,
  round: Round,
  { clusterId, schedule, waitSeconds }: Asked,
  call: ToolCall,
): Promise<Look> {
  const untilMs = ports.clock.localMs() + waitSeconds * 1000;
  // How far a look is says nothing about the round, and would crowd out what does.
  const silent: Watch = { signal: call.signal, progress: () => undefined };
  for (
    let pauseSeconds = firstLookSeconds;
    ;
    pauseSeconds = Math.min(pauseSeconds * 1.5, slowestLookSeconds)
  ) {
    const session = await ports.sessions.load();
    const present = session.rounds[round.round - 1] ?? round;
    const leftMs = untilMs - ports.clock.localMs();
    const mayWait = leftMs >= pauseSeconds * 1000;
    const look =
      clusterId === undefined
        ? await observeRound(ports, session, present, undefined, silent)
            .then((observed): Look => ({ observed }))
            .catch((error: unknown) => {
              if (mayWait && error instanceof ToolError && error.code === 'NOT_FOUND') return undefined;
              throw error;
            })
        : await lookAtNamed(ports, session, schedule, clusterId, silent);
    if (look?.unmarked !== undefined) return look;
    if (look !== undefined) {
      const { observed } = look;
      const { own } = observed.steps;
      const counts = countSteps(own);
      const ended = own.length - counts.pending - counts.running;
      call.progress(
        ended,
        own.length || undefined,
        own.length === 0
          ? 'waiting for the first step'
          : `${ended} of ${own.length} steps ended, ${counts.running} running, ${counts.failed} failed`,
      );
      if (observed.done || !mayWait || (own.length === 0 && isEnding(observed.cluster))) return look;
    } else call.progress(0, undefined, 'waiting for the cluster to be created');
    await ports.clock.sleep(pauseSeconds * 1000, call.signal);
  }
}

function summaryOf(
  { round, load, cluster, done }: ObservedRound,
  counts: ReturnType<typeof countSteps>,
  elapsed: number,
): string {
  const what = `Round ${round.round} (${load}x ${round.schedule}) on ${cluster.id}`;
  if (done) {
    const failure = clusterFailure(cluster);
    const lost = counts.interrupted + counts.cancelled;
    const failed = counts.failed === 0 ? 'none failed' : `${counts.failed} failed`;
    if (failure === undefined && lost === 0)
      return `${what} is done: ${count(counts.total, 'step')} in ${formatDuration(elapsed)}, ${failed}.`;
    const how =
      failure === undefined ? 'before all of its steps ran' : `early: the cluster failed (${failure})`;
    const others = (['failed', 'interrupted', 'cancelled'] as const).flatMap((state) =>
      counts[state] === 0 ? [] : `, ${counts[state]} ${state}`,
    );
    return `${what} ended ${how}; ${counts.completed} of ${count(counts.total, 'step')} completed in ${formatDuration(elapsed)}${others.join('')}.`;
  }
  if (counts.total === 0)
    return isEnding({ state: cluster.state })
      ? `${what} will have no step: the cluster is ${stateWord(cluster.state)}.`
      : `${what} has no step yet; the cluster is ${stateWord(cluster.state)}.`;
  const ended = counts.total - counts.pending - counts.running;
  return `${what} is running: ${ended} of ${counts.total} steps ended, ${counts.running} running, ${counts.pending} waiting.`;
}

/** A normal end by name; everything else as EMR says it. */
function reasonOf({ cluster, done }: ObservedRound, counts: ReturnType<typeof countSteps>) {
  if (cluster.stateReason === undefined) return {};
  const isWhole = done && counts.interrupted + counts.cancelled === 0;
  return {
    stateReason:
      isWhole && isEndedOnRequest(cluster)
        ? 'ended on request, as the DAG does after its last step'
        : clean(cluster.stateReason, 200),
  };
}

function stateWord(state: string): string {
  return clean(state, 40).toLowerCase().replaceAll('_', ' ');
}

const again = `pollCluster again in ${pollAfterSeconds} seconds.`;

function nextStepsOf({ round, done, steps, cluster }: ObservedRound, isLatest: boolean): string[] {
  const which = isLatest ? '' : ` with round: ${round.round}`;
  if (done && clusterFailure(cluster) !== undefined)
    return [
      `buildReport${which} keeps what is known of this round; stateReason says why it ended.`,
      `The person mends that; then ${sameLoadAgain}`,
    ];
  if (done) return [`buildReport${which} writes the report of this round.`];
  if (steps.own.length === 0 && isEnding(cluster))
    return [
      'The person looks at the DAG run in Airflow: the cluster ended without a step (stateReason says why).',
      'markRound, then the person triggers the DAG again.',
    ];
  if (steps.own.length === 0) return [again];
  const partial = isLatest ? 'partial: true' : `round: ${round.round} and partial: true`;
  return [again, `buildReport with ${partial} gives a provisional report meanwhile.`];
}

function warningsOf({ round, load, steps, clusterFrom, knownFromDiskOnly }: ObservedRound): string[] {
  return [
    ...(load === round.load
      ? []
      : [`The steps carry load ${load}x, the round was marked as ${round.load}x; the steps win.`]),
    ...(steps.foreign.length === 0
      ? []
      : [
          `${steps.foreign.length} steps of another schedule ran on the cluster meanwhile; they are not counted.`,
        ]),
    ...(clusterFrom === 'given' && steps.own.length === 0
      ? ['The cluster has no step of this round; it was not bound to the round.']
      : []),
    ...(knownFromDiskOnly === 0
      ? []
      : [`${knownFromDiskOnly} steps are known from earlier looks only: EMR shows the newest 1,000.`]),
  ];
}
