/** What revertConfigs says. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import type { Session } from '../state/session.ts';
import type { Wording } from './text.ts';
import { result, rowsOf, totalOf } from './tool.ts';

/** The result of revertConfigs. */
export const revertConfigsResult = z.object({
  ...result,
  status: z.enum(['reverted', 'unchanged']),
  filesReverted: z.int(),
  backup: z.string().optional(),
  stillInBucket: rowsOf(z.string()),
  /** Files whose fixes and edits the session keeps: their load restores them. */
  fixesKept: rowsOf(z.string()),
  fixesKeptTotal: totalOf,
  /** Check files that now differ from HEAD. */
  uncommitted: z.int(),
});

export type RevertTarget = 'baseline' | 'lastCommit';

const places: Readonly<Record<RevertTarget, string>> = {
  baseline: 'the baseline',
  lastCommit: 'the last commit',
};

/** What a revert leaves as it is. */
interface Stays {
  readonly fixesKept: readonly string[];
  readonly uncommitted: number;
}

export function revertedText(files: number, to: RevertTarget, session: Session, stays: Stays) {
  return {
    summary: `Reverted ${plural(files, 'check file')} to ${places[to]}. The previous contents are saved as a patch.${notReverted(session, stays)}`,
    nextSteps: [
      ...stepsAfter(session),
      'To restore the files, the user runs git apply with the path of the backup in the target repository.',
    ].slice(0, 3),
  };
}

export function alreadyRevertedText(to: RevertTarget, session: Session, stays: Stays) {
  return {
    summary: `Every check file is already at ${places[to]}; nothing was written.${notReverted(session, stays)}`,
    nextSteps: stepsAfter(session),
  };
}

/** "Revert everything" could be taken to include these. */
function notReverted({ dag }: Session, { fixesKept, uncommitted }: Stays): string {
  const differ = uncommitted === 1 ? 'differs' : 'differ';
  const said = [
    dag !== undefined && `LOAD = ${dag.load} in the DAG and the cluster configs stay as they are`,
    uncommitted > 0 && `${plural(uncommitted, 'file')} now ${differ} from HEAD`,
    fixesKept.length > 0 && `the session keeps fixes and edits of ${plural(fixesKept.length, 'file')}`,
  ].filter((one) => one !== false);
  return said.length === 0 ? '' : ` ${said.join('; ').replace(/^t/, 'T')}.`;
}

function stepsAfter({ phase, rounds, dag }: Session): string[] {
  const next = 'scaleConfigs starts a new load level.';
  const back =
    dag === undefined || dag.load === 1
      ? []
      : [
          'To put LOAD back to 1 in the DAG: scaleConfigs with load 1, uploadChecks with its reviewId, then uploadDags with load 1.',
        ];
  const latest = rounds.at(-1);
  if (latest === undefined) return [next, ...back];
  const round = `round ${latest.round} (${latest.load}x)`;
  if (phase === 'round_open')
    return [`If the DAG of ${round} was triggered, pollCluster follows that open round.`, next, ...back];
  if (phase === 'running')
    return [`Call pollCluster: ${round} is still running what was uploaded.`, next, ...back];
  return [next, ...back];
}

export const revertConfigsLines: Wording<z.output<typeof revertConfigsResult>> = {
  fixesKeptTotal: () => [],
  uncommitted: () => [],
};
