/** What revertConfigs says. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import type { Session } from '../state/session.ts';
import { result } from './tool.ts';

/** The result of revertConfigs. */
export const revertConfigsResult = z.object({
  ...result,
  status: z.enum(['reverted', 'unchanged']),
  filesReverted: z.int(),
  backup: z.string().optional(),
  stillInBucket: z.array(z.string()),
});

export type RevertTarget = 'baseline' | 'lastCommit';

const places: Readonly<Record<RevertTarget, string>> = {
  baseline: 'the baseline',
  lastCommit: 'the last commit',
};

export function revertedText(files: number, to: RevertTarget, session: Session) {
  return {
    summary: `Reverted ${plural(files, 'check file')} to ${places[to]}. The previous contents are saved as a patch.${notReverted(session)}`,
    nextSteps: [
      ...stepsAfter(session),
      'To restore the files, the user runs git apply with the path of the backup in the target repository.',
    ],
  };
}

export function alreadyRevertedText(to: RevertTarget, session: Session) {
  return {
    summary: `Every check file is already at ${places[to]}; nothing was written.${notReverted(session)}`,
    nextSteps: stepsAfter(session),
  };
}

/** "Revert everything" could be taken to include these. */
function notReverted({ dag }: Session): string {
  return dag === undefined ? '' : ` LOAD = ${dag.load} in the DAG and the cluster configs stay as they are.`;
}

function stepsAfter({ phase, rounds }: Session): string[] {
  const next = 'scaleConfigs starts a new load level.';
  const latest = rounds.at(-1);
  if (latest === undefined) return [next];
  const round = `round ${latest.round} (${latest.load}x)`;
  if (phase === 'round_open')
    return [`If the DAG of ${round} was triggered, pollCluster follows that open round.`, next];
  if (phase === 'running') return [`Call pollCluster: ${round} is still running what was uploaded.`, next];
  return [next];
}
