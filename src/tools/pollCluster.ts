import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { etaSeconds, isEnding } from '../rounds/progress.ts';
import { startMs } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { type SharedDeadline, shareDeadline } from '../workflow/deadline.ts';
import {
  lookAtRound,
  type ObservedRound,
  type RoundLook,
  stillUpOf,
  unlessToolError,
} from '../workflow/looks.ts';
import { observeNamed, type UnmarkedCluster } from '../workflow/namedClusters.ts';
import { findOtherRuns, findRunsBeside, keepOtherRuns, lookBackMs } from '../workflow/otherRuns.ts';
import { readInstances } from '../workflow/reporting.ts';
import { requireRound } from '../workflow/rounds.ts';
import {
  noRunOutput,
  pollClusterLines,
  pollClusterResult,
  progressOutput,
  progressText,
  undecidedOutput,
  unmarkedOutput,
} from './pollCluster.text.ts';
import { clusterIdInput, defineTool, scheduleInput, type ToolCall } from './tool.ts';

/** Seconds between the first two looks of a call. */
const firstPauseSeconds = 5;
const longestPauseSeconds = 20;
/** What all looks of a call may take beyond waitSeconds. */
const graceMs = 10_000;
/** What they may take together: every call answers within 50 s. */
const longestMs = 46_000;

const input = z.strictObject({
  clusterId: clusterIdInput.optional(),
  schedule: scheduleInput.optional(),
  waitSeconds: z.int().min(0).max(45).default(40),
});

type Input = z.output<typeof input>;
type PollClusterPorts = Pick<
  Ports,
  'clusters' | 'sessions' | 'settings' | 'dags' | 'clock' | 'instances' | 'prices' | 'blobs'
>;

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
  const before = await ports.sessions.load();
  const latest = requireRound(before, { schedule: given.schedule });
  const waitMs = given.waitSeconds * 1000;
  const deadline = shareDeadline(ports.clock, call, Math.min(waitMs + graceMs, longestMs));
  const look = await lookUntilDone(ports, latest, given, deadline, call);
  if (look.kind === 'unmarked') return unmarkedOutput(look.unmarked);
  // The looks may have recorded the round's cluster and end.
  const session = await ports.sessions.load();
  const otherRuns = await deadline.look('other runs', (watch) =>
    seeOtherRuns(ports, session, look, { ...watch, progress: () => undefined }),
  );
  if (look.kind === 'none') return noRunOutput(look, otherRuns);
  if (look.kind === 'undecided') return undecidedOutput(look, otherRuns);
  const { observed } = look;
  const stillUp = observed.done
    ? await deadline.look('whether the cluster is still up', (watch) =>
        stillUpOf(ports, session, observed, () => readInstances(ports, observed.cluster.id, watch)),
      )
    : undefined;
  const windowSeconds = ports.settings.windowSeconds[observed.round.schedule];
  return progressOutput(observed, { session, otherRuns, stillUp, windowSeconds });
}

/** A named cluster that belongs to no round serves this one answer: nothing of it is the round's. */
type Look = RoundLook | { readonly kind: 'unmarked'; readonly unmarked: UnmarkedCluster };

/** Looks again, at growing intervals, until the round is done or time is up. A round without a run is answered at once. */
async function lookUntilDone(
  ports: PollClusterPorts,
  { round }: Round,
  given: Input,
  deadline: SharedDeadline,
  call: ToolCall,
): Promise<Look> {
  const untilMs = ports.clock.localMs() + given.waitSeconds * 1000;
  // The progress of one look would hide that of the round.
  const watch: Watch = { ...deadline.watch, progress: () => undefined };
  let last: Look | undefined;
  for (let pause = firstPauseSeconds; ; pause = Math.min(pause * 2, longestPauseSeconds)) {
    const found = await lookOnce(ports, round, given, watch).catch((error: unknown) => {
      if (deadline.isLate()) return last ?? refuseLate();
      throw error;
    });
    last = found;
    if (found.kind !== 'seen' || isFinal(found.observed)) return found;
    report(found.observed, call);
    const leftSeconds = (untilMs - ports.clock.localMs()) / 1000;
    if (leftSeconds < firstPauseSeconds || deadline.isLate()) return found;
    await ports.clock.sleep(Math.min(nextPause(found.observed, pause), leftSeconds) * 1000, call.signal);
  }
}

/** Nothing changes soon while a cluster starts or most of the round is to come. */
function nextPause({ steps, observedMs }: ObservedRound, pause: number): number {
  if (steps.own.length === 0) return longestPauseSeconds;
  return Math.max(pause, (etaSeconds(steps.own, observedMs) ?? 0) / 2);
}

function refuseLate(): never {
  throw new ToolError('UPSTREAM', 'AWS did not answer in time (it throttles). Nothing was changed.', {
    next: 'call pollCluster again in a minute; the run does not depend on it.',
  });
}

function isFinal({ done, steps, cluster }: ObservedRound): boolean {
  return done || (steps.own.length === 0 && isEnding(cluster));
}

async function lookOnce(
  ports: PollClusterPorts,
  number: number,
  { clusterId, schedule }: Input,
  watch: Watch,
): Promise<Look> {
  const session = await ports.sessions.load();
  if (clusterId === undefined)
    return lookAtRound(ports, session, requireRound(session, { round: number }), undefined, watch);
  const { owned, unmarked } = await observeNamed(ports, session, { schedule }, clusterId, watch);
  return owned === undefined ? { kind: 'unmarked', unmarked } : { kind: 'seen', observed: owned };
}

/**
 * The runs in the round's time that no round owns; before its run, those that began before its mark. undefined also if AWS does
 * not answer: the answer about the round is useful without it.
 */
async function seeOtherRuns(
  ports: PollClusterPorts,
  session: Session,
  look: Exclude<Look, { kind: 'unmarked' }>,
  watch: Watch,
) {
  const found = await runsIn(ports, session, look, watch).catch(unlessToolError);
  if (found !== undefined) await keepOtherRuns(ports, session, found);
  return found;
}

function runsIn(
  ports: PollClusterPorts,
  session: Session,
  look: Exclude<Look, { kind: 'unmarked' }>,
  watch: Watch,
) {
  if (look.kind === 'seen') return findRunsBeside(ports, session, look.observed.round, watch);
  const before = session.rounds.findLast((one) => one.round < look.round.round);
  const dayAgoMs = ports.clock.localMs() - lookBackMs;
  const sinceMs = Math.max(dayAgoMs, before === undefined ? 0 : startMs(before));
  return findOtherRuns(ports, session, { sinceMs }, watch);
}

function report(observed: ObservedRound, call: ToolCall): void {
  const { own } = observed.steps;
  const { ended, text } = progressText(own);
  call.progress(ended, own.length || undefined, text);
}
