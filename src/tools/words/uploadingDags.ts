/** What uploadDags says in each of its three ends. */

import { count } from '../text.ts';
import type { Yes } from './approving.ts';

export function overwriteWords(foreign: readonly string[], load: number, mode: Yes['mode']) {
  const files = `${count(foreign.length, 'file')} there ${foreign.length === 1 ? 'is' : 'are'}`;
  return {
    status: 'needs_overwrite' as const,
    summary: `The DAG folder exists in the bucket, and ${files} not what this session uploaded last. Nothing was uploaded, and LOAD was not changed.`,
    nextSteps: [
      'Ask the person: overwrite the folder?',
      mode === 'terminal'
        ? `If yes, the person types in a terminal: audit-load-test uploadDags --load ${load} --overwrite`
        : `If yes: uploadDags with load ${load} and overwrite: true.`,
    ],
    ...(mode === 'terminal'
      ? {}
      : { callAgain: { tool: 'uploadDags', arguments: { load, overwrite: true } } }),
  };
}

export function overwriteQuestion(
  foreign: readonly string[],
  folder: string,
  remoteLoad: number | null,
  load: number,
): string {
  return [
    `Overwrite the DAG folder ${folder}?`,
    `These files there are not this session's last upload: ${foreign.join(', ')}.`,
    `LOAD in the bucket: ${remoteLoad ?? 'not readable'} → ${load}.`,
  ].join('\n');
}

export function unchangedWords(
  load: number,
  dagId: string,
  waiting: { readonly round: number; readonly how: 'opened' | 'moved' | 'waiting' } | undefined,
) {
  const same = `The bucket already holds this DAG with LOAD = ${load} and these cluster configs; nothing was sent.`;
  if (waiting === undefined)
    return {
      status: 'unchanged' as const,
      summary: `${same} No round was opened.`,
      nextSteps: [
        `Call markRound now; then the person triggers ${dagId} in Airflow by hand.`,
        'Then pollCluster until the round is done.',
      ],
    };
  const { round, how } = waiting;
  const said = {
    opened: `Other checks were uploaded since the last round, so round ${round} was opened.`,
    moved: `Other checks were uploaded meanwhile, so round ${round}, which nobody ran yet, starts now.`,
    waiting: `Round ${round} is open and waits for its run.`,
  };
  return {
    status: 'unchanged' as const,
    summary: `${same} ${said[how]}`,
    nextSteps: triggerSteps(dagId),
  };
}

export function uploadedWords(files: number, load: number, round: number, dagId: string) {
  return {
    status: 'uploaded' as const,
    summary: `Uploaded ${count(files, 'file')} with LOAD = ${load}, and opened round ${round}. Managed Airflow shows a new DAG version after 30 s to 6 min.`,
    nextSteps: triggerSteps(dagId),
  };
}

function triggerSteps(dagId: string): string[] {
  return [`The person triggers ${dagId} in Airflow by hand.`, 'Then pollCluster until the round is done.'];
}
