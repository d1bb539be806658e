/** What markRound says. */

import * as z from 'zod';
import type { Instant } from '../ports/time.ts';
import type { SeenRun } from '../rounds/otherRuns.ts';
import type { Round } from '../state/session.ts';
import { possibleRunLines, type Wording } from './text.ts';
import { callAgain, listOf, loadOutput, possibleRun, result, rowsOf, scheduleInput } from './tool.ts';

/** The result of markRound. */
export const markRoundResult = z.object({
  ...result,
  status: z.enum(['marked', 'moved', 'noted', 'needs_decision']),
  round: z.int().optional(),
  startedAt: z.string().optional(),
  clock: z.object({ source: z.enum(['aws', 'local']), skewSeconds: z.number() }).optional(),
  load: loadOutput,
  schedule: scheduleInput,
  dagId: z.string().optional(),
  possibleRuns: listOf(possibleRun),
  callAgain: callAgain.optional(),
  warnings: rowsOf(z.string()),
});

type RoundFacts = Pick<Round, 'round' | 'load' | 'schedule' | 'startedAt'>;

export function markedText(
  { round, load, schedule, startedAt, clusterId }: RoundFacts & Pick<Round, 'clusterId'>,
  dagId: string,
  isAhead: boolean,
) {
  return {
    summary:
      clusterId === undefined
        ? `Round ${round} (${load}x ${schedule}) starts at ${startedAt}.`
        : `Round ${round} (${load}x ${schedule}) is the run on ${clusterId}; it starts at ${startedAt}.`,
    nextSteps: isAhead
      ? [`Ask the user to trigger ${dagId} in Airflow now.`, 'Then call pollCluster until the round is done.']
      : [seeProgress],
  };
}

export function notedText({ round, load, schedule, startedAt }: RoundFacts, note: string | undefined) {
  const done = note === undefined ? 'Nothing to change in' : 'Added the note to';
  return {
    summary: `${done} round ${round} (${load}x ${schedule}); its start is still ${startedAt}.`,
    nextSteps: [seeProgress],
  };
}

/** The run that the user reports already has its round, as far as runs could be looked at. */
export function knownRunText({ round, load, schedule }: RoundFacts, missed: readonly string[]) {
  const running = `Round ${round} (${load}x ${schedule}) is running`;
  return {
    summary:
      missed.length === 0
        ? `${running} and no other run is visible, so that run already has its round. Nothing was marked.`
        : `${running}. ${missed.join(' ')} Nothing was marked.`,
    nextSteps: [
      seeProgress,
      missed.length === 0
        ? 'If the DAG was triggered once more: call markRound with already: true again once its cluster exists.'
        : 'If the DAG was triggered once more: ask the user for the new cluster, and call markRound with its clusterId.',
    ],
  };
}

/** The named run belongs to a round already. */
export function ownedRunText({ round, load, schedule, clusterId = 'that cluster' }: Round) {
  return {
    summary: `The run on ${clusterId} is that of round ${round} (${load}x ${schedule}), and a run has one round. Nothing was marked.`,
    nextSteps: [seeProgress],
  };
}

/** Several runs could be meant. */
export function whichRunText(runs: readonly SeenRun[]) {
  return {
    summary: `${runs.length} runs belong to no round, and any of them could be meant. Nothing was marked.`,
    nextSteps: [
      'Ask the user which run the round is for, then call markRound with its clusterId.',
      "If several count, call markRound again with each other one's clusterId.",
    ],
  };
}

/** `load`: in the names of the run. */
export function loadDiffersWarning(load: number, inBucket: number): string[] {
  if (load === inBucket) return [];
  return [`The run carries ${load}x, which this round is of; the DAG in the bucket has LOAD = ${inBucket}.`];
}

const seeProgress = 'Call pollCluster for the progress of the round.';

/** `moved`: the open round that keeps its start, if any. */
export function noRunWarning(moved: Round | undefined): string {
  const start = moved === undefined ? 'now' : `still that of round ${moved.round}`;
  return `No step or cluster of an unmarked run is visible yet, so the start is ${start}; call markRound with already: true again once the cluster is up.`;
}

export function clockWarnings({ source, skewSeconds }: Instant): string[] {
  if (source === 'local')
    return [
      "AWS did not answer, so the start is by this machine's clock; check that clock before you rely on the round's window.",
    ];
  if (Math.abs(skewSeconds) > 2)
    return [`This machine's clock differs from AWS's by ${skewSeconds} s; the start is by AWS's clock.`];
  return [];
}

export const markRoundLines: Wording<z.output<typeof markRoundResult>> = {
  round: () => [],
  startedAt: () => [],
  possibleRuns: possibleRunLines,
  clock: ({ source, skewSeconds }) => [
    source === 'aws'
      ? `Clock: AWS; this machine's clock differs by ${skewSeconds} s`
      : 'Clock: this machine, not compared with AWS',
  ],
};
