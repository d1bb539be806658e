import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import { clean } from '../domain/foreignText.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { chooseRound } from '../rounds/choice.ts';
import { countProgress, elapsedSeconds, etaSeconds, isEnding } from '../rounds/progress.ts';
import type { Round } from '../state/session.ts';
import { observeNamed, runAfter, type UnmarkedCluster } from '../workflow/namedClusters.ts';
import { type ObservedRound, observeRound, requireRound } from '../workflow/rounds.ts';
import {
  laterRunAnswer,
  pollAfterSeconds,
  pollClusterLines,
  pollClusterResult,
  pollNextSteps,
  progressSummary,
  progressText,
  reasonText,
  unmarkedClusterAnswer,
  warningsOf,
} from './pollCluster.text.ts';
import { clusterIdInput, defineTool, scheduleInput, type ToolCall } from './tool.ts';

/** Seconds between two looks within one call: short at first, then within EMR's quota. */
const firstPauseSeconds = 2;
const longestPauseSeconds = 15;

const input = z.strictObject({
  clusterId: clusterIdInput.optional(),
  schedule: scheduleInput.optional(),
  waitSeconds: z.int().min(0).max(50).default(45),
});

type Input = z.output<typeof input>;
type PollClusterPorts = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock'>;

export const pollCluster = defineTool({
  name: 'pollCluster',
  title: 'Show the progress of a round',
  description:
    'Shows the progress of the latest round: the state of its cluster and its steps, counted by state. Waits up to waitSeconds for the round to be done, then returns what is known; call it again after pollAfterSeconds until done is true. Ending the call does not affect the cluster. Set clusterId only if the user names one.',
  effect: 'read',
  openWorld: true,
  input,
  output: pollClusterResult,
  run: runPollCluster,
  lines: pollClusterLines,
});

async function runPollCluster(given: Input, ports: PollClusterPorts, call: ToolCall) {
  const session = await ports.sessions.load();
  const latest = requireRound(session, { schedule: given.schedule });
  const { observed, unmarked } = await lookUntilDone(ports, latest, given, call);
  const { round, cluster, steps, done } = observed;
  const later = done && given.clusterId === undefined ? await runAfter(ports, observed, call) : undefined;
  const counts = countProgress(steps.own);
  const elapsed = elapsedSeconds(steps.own, observed.observedMs);
  const eta = done ? undefined : etaSeconds(steps.own, observed.observedMs);
  const stateReason = reasonText(observed, counts);
  const isLatest = chooseRound(session.rounds, {})?.round === round.round;
  const answer = {
    summary: progressSummary(observed, counts, elapsed),
    nextSteps: pollNextSteps(observed, isLatest),
  };
  return {
    ...(unmarked === undefined ? laterRunAnswer(answer, later) : unmarkedClusterAnswer(unmarked)),
    clusterId: cluster.id,
    clusterFrom: observed.clusterFrom,
    round: round.round,
    load: observed.load,
    schedule: round.schedule,
    state: clean(cluster.state, 40),
    stateReason,
    steps: counts,
    done,
    elapsedSeconds: elapsed,
    etaSeconds: eta,
    pollAfterSeconds: done ? 0 : pollAfterSeconds,
    warnings: warningsOf(observed),
  };
}

/** An unmarked cluster serves this one answer: nothing of it is the round's. */
interface Look {
  readonly observed: ObservedRound;
  readonly unmarked?: UnmarkedCluster;
}

/** Looks again, at growing intervals, until the round is done or time is up. */
async function lookUntilDone(
  ports: PollClusterPorts,
  round: Round,
  given: Input,
  call: ToolCall,
): Promise<Look> {
  const untilMs = ports.clock.localMs() + given.waitSeconds * 1000;
  for (
    let pauseSeconds = firstPauseSeconds;
    ;
    pauseSeconds = Math.min(pauseSeconds * 1.5, longestPauseSeconds)
  ) {
    const leftMs = untilMs - ports.clock.localMs();
    const mayWait = leftMs >= pauseSeconds * 1000;
    const found = await look(ports, round, given, call.signal).catch((error: unknown) => {
      // The round's cluster may yet appear; a named one either exists or not.
      const mayAppear = given.clusterId === undefined && mayWait;
      if (mayAppear && error instanceof ToolError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
    if (found?.unmarked !== undefined) return found;
    report(found?.observed, call);
    if (found !== undefined && (!mayWait || isFinal(found.observed))) return found;
    await ports.clock.sleep(pauseSeconds * 1000, call.signal);
  }
}

function isFinal({ done, steps, cluster }: ObservedRound): boolean {
  return done || (steps.own.length === 0 && isEnding(cluster));
}

async function look(
  ports: PollClusterPorts,
  { round: number }: Round,
  { clusterId, schedule }: Input,
  signal: AbortSignal,
): Promise<Look> {
  // The progress of one look would hide that of the round.
  const watch: Watch = { signal, progress: () => undefined };
  const session = await ports.sessions.load();
  if (clusterId === undefined) {
    const round = requireRound(session, { round: number });
    return { observed: await observeRound(ports, session, round, undefined, watch) };
  }
  const { owned, unmarked } = await observeNamed(ports, session, { schedule }, clusterId, watch);
  if (owned !== undefined) return { observed: owned };
  return { unmarked, observed: withoutSteps(unmarked) };
}

function withoutSteps({ round, cluster, observedMs }: UnmarkedCluster): ObservedRound {
  return {
    round,
    cluster,
    clusterFrom: 'given',
    steps: { own: [], foreign: [] },
    knownFromDiskOnly: 0,
    observedMs,
    done: false,
    load: round.load,
  };
}

function report(observed: ObservedRound | undefined, call: ToolCall): void {
  if (observed === undefined) {
    call.progress(0, undefined, 'waiting for the cluster to be created');
    return;
  }
  const { own } = observed.steps;
  const counts = countProgress(own);
  const ended = own.length - counts.pending - counts.running;
  call.progress(ended, own.length || undefined, progressText(own.length, counts));
}
